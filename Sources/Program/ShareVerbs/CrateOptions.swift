import ArgumentParser
import Console
import Publishing

/// Options of a crate.
struct CrateOptions: ParsableArguments {
  @Flag(help: "Write a crate for a paper or an archive: a new folder, or a file whose name ends in .zip.")
  var crate = false
  @Option(
    help: ArgumentHelp(
      "The bytes that go: none (recipe), those of the steps but of weights (results), or all that are there (full). "
        + "Default: results, and without --crate all of the steps."))
  var size: BundleSize?
  @Option(help: "The title of a crate. Default: the pipeline's name.") var title: String?
  @Option(
    name: .customLong("author"), parsing: .singleValue,
    help: ArgumentHelp(
      "An author of a crate, as 'Ada Lovelace 0000-0002-1825-0097'. May be repeated. Default: the lab."))
  var authors: [String] = []
  @Option(
    help: "The terms of a crate: as CC-BY-4.0, an address or a file. Default: LICENSE beside the pipeline's folder.")
  var license: String?
  @Option(
    help: "The PEM file of an EC key on P-256 by which the models of a crate are signed.",
    completion: .file(extensions: ["pem"]))
  var modelKey: String?

  func validate() throws {
    if !crate && (title != nil || !authors.isEmpty || license != nil || modelKey != nil) {
      throw ValidationError("--title, --author, --license and --model-key are of a crate: say --crate too")
    }
    if modelKey != nil && size != .full { throw ValidationError("models go with --size full alone: say that too") }
    for author in authors where Author(author) == nil {
      throw ValidationError("'\(author)' names no author: write it as 'Ada Lovelace', or 'Lovelace, Ada'")
    }
  }

  /// The statements of a crate of that pipeline.
  func imprint(lab: String, pipeline: String, name: String) throws -> Imprint {
    guard let terms = try license.map(License.init) ?? License.beside(pipeline) else {
      throw Complaint.usage(
        "a crate states its terms, and there is no LICENSE beside the pipeline's folder: say --license, as CC-BY-4.0")
    }
    return Imprint(
      lab: lab, title: title ?? "Results of the pipeline '\(name)'", authors: authors.compactMap(Author.init),
      license: terms, size: size ?? .results, program: String(Version.text.drop { $0 != " " }.dropFirst()),
      modelKey: modelKey)
  }
}

extension BundleSize: ExpressibleByArgument {}
