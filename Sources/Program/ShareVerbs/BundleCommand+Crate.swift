import Artifacts
import Console
import Files
import JSON
import Plans
import Publishing
import Resolving
import Sessions
import Sharing
import Wording

/// `bioarc bundle --crate`
extension BundleCommand {
  private struct Document: Encodable {
    let file: String
    let results: Int
    let objects: Int
    /// Bytes of all files of the crate.
    let bytes: Int
    let absent: Int
    let foreign: Int
    let signed: Bool
    let files: Int
    let models: Int
  }

  /// Writes a crate into `folder`, and gives that its name, or its archive, once it is whole.
  func publish(_ edition: Edition, by folder: String, to output: String, without: Int) throws {
    let imprint = try crateOptions.imprint(
      lab: edition.lab, pipeline: options.pipeline, name: edition.resolution.plan.name)
    let writer = CrateWriter(edition, imprint, in: folder)
    let live = LiveBytes("written")
    let summary: CrateWriter.Summary
    do {
      defer { live.end() }
      summary = try writer.write(sign: { try signing.signature(of: $0) }, progress: { live.add($0) })
    }
    let disk = DiskFileSystem()
    if output.hasSuffix(".zip") {
      let whole = folder + ".zip"
      let archive = try NewFile.writer(whole)
      try writer.archive(to: archive)
      try archive.close()
      defer { try? disk.removeIfPresent(whole) }
      try disk.move(whole, to: output, replacing: false)
    } else {
      try NewFile.checkAbsent(output)
      try disk.move(folder, to: output, replacing: true)
    }
    try tell(summary, output, edition.lab, without: without)
  }

  private func tell(_ summary: CrateWriter.Summary, _ output: String, _ lab: String, without: Int) throws {
    let sent = summary.results
    if json {
      return try printJSON(
        Document(
          file: output, results: sent.results, objects: sent.objects, bytes: summary.bytes, absent: sent.absent,
          foreign: sent.foreign, signed: signing.key != nil, files: summary.files, models: summary.models))
    }
    let models = summary.models > 0 ? ", \(Words.count(summary.models, "model"))" : ""
    Terminal.print(
      "\(output): \(Words.count(sent.results, "result")) and \(Words.count(sent.objects, "object"))\(models) in "
        + "\(Words.count(summary.files, "file")), \(Words.bytes(summary.bytes)), "
        + "\(signing.key == nil ? "not signed" : "signed for \(lab)")")
    notes(on: sent, without: without)
    if summary.hasAbsolutePaths {
      Terminal.complain("note: the pipeline names inputs by absolute paths, and its file is in the crate as it is")
    }
  }
}
