import Glibc
import System

/// Pictures as PDF, by the program `rsvg-convert` of librsvg.
package enum PDFFile {
  /// Seconds for which the program may take.
  private static let patience = 120.0

  /// Writes a new file. Throws where the program is missing or refuses the picture.
  package static func write(_ path: String, svg: String) throws {
    try NewFile.checkAbsent(path)
    let source = "\(path).\(getpid()).svg"
    try NewFile.write(source, Array(svg.utf8))
    defer { unlink(source) }
    // Its clock would be in the file: equal pictures have equal bytes.
    let ending = try ChildProcess.run(
      ["env", "SOURCE_DATE_EPOCH=0", "rsvg-convert", "--format=pdf", "--output=\(path)", source], seconds: patience)
    if ending.status == 127 {
      throw Complaint.failure(
        "PDF is made by 'rsvg-convert', which is not in PATH: Debian has it in librsvg2-bin; '--svg' needs no program")
    }
    guard ending.status == 0 else { throw Complaint.failure("rsvg-convert cannot make '\(path)': \(ending.message)") }
  }
}
