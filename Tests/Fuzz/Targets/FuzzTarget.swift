import Foundation

/// One kind of text or file that comes from outside, and the promises that hold whatever its bytes are.
protocol FuzzTarget: Sendable {
  var name: String { get }
  /// Inputs to start from that are made by code: those of binary formats. The others lie in `Corpus`.
  var seeds: [[UInt8]] { get }
  /// Texts that mean something in such input, for mutations.
  var words: [String] { get }
  /// Reads `bytes`. Ends the process when a promise is broken.
  func check(_ bytes: [UInt8])
}

extension FuzzTarget {
  var seeds: [[UInt8]] { [] }
}

/// Ends the process with a message that libFuzzer keeps beside the input.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}

/// The target that the environment variable FUZZ names.
private let target: any FuzzTarget = {
  let all: [any FuzzTarget] = [
    PipelineTarget(), FASTATarget(), TableTarget(), LabelledTarget(), RecordTarget(),
    SafetensorsTarget(), TokenizerTarget(), BundleTarget(),
  ]
  let name = ProcessInfo.processInfo.environment["FUZZ"] ?? ""
  if let target = all.first(where: { $0.name == name }) { return target }
  let names = all.map(\.name).joined(separator: ", ")
  FileHandle.standardError.write(Data("FUZZ is one of \(names), not '\(name)'\n".utf8))
  exit(2)
}()

let words = target.words.map { Array($0.utf8) }

/// Puts the target's seeds into the first folder that libFuzzer is given.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
  let given = (1..<Int(count.pointee)).compactMap { arguments.pointee?[$0].map { String(cString: $0) } }
  guard let folder = given.first(where: { !$0.hasPrefix("-") }) else { return 0 }
  for (number, seed) in target.seeds.enumerated() {
    // Given a file instead of a folder, libFuzzer repeats that input: there is no place for seeds.
    try? Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let start = clock()
  target.check(Array(UnsafeBufferPointer(start: data, count: size)))
  // In time of the CPU, so that a busy machine finds nothing that is not there.
  let seconds = Double(clock() - start) / 1e6
  require(seconds < 3, "\(seconds) seconds for \(size) bytes")
  return 0
}
