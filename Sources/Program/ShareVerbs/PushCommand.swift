package import ArgumentParser
import Artifacts
import Console
import JSON
import Resolving
import Sessions
import Wording

/// `bioarc push`
package struct PushCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Send results to a remote, for others to use.",
    discussion: """
      What is not there yet is sent: claims, signed by your key, records, and the bytes of outputs. Of named steps the
      bytes go, and of what they come from the records. Inputs go with --inputs alone, the pipeline with --study, and
      results that other labs have computed are theirs to send. A push is named last, so that nobody sees half of one;
      after an interrupt the next one sends what is missing.

      Examples:
        bioarc remote add ours s3://results/promoters?region=eu-central-1
        bioarc push pipelines/promoters.yaml --lab lab-a --sign ~/.ssh/id_ed25519
        bioarc push pipelines/promoters.yaml ranking --to ours
        bioarc push pipelines/promoters.yaml --dry-run
        bioarc push pipelines/promoters.yaml --pin paper --study paper      for 'bioarc clone'
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Option(help: "The remote, by its name or address. Default: the only one that can be written.") var to: String?
  @OptionGroup var signing: SigningOptions
  @Flag(help: "Send what is known of results, without their bytes.") var results = false
  @Option(help: "The results that a pin names, instead of steps.") var pin: String?
  @Option(help: "Publish the pipeline and its own stages too, as a study of that name: 'bioarc clone' brings it.")
  var study: String?
  @Flag(help: "Send the bytes of inputs too: those of the web, and of a study all.") var inputs = false
  @Flag(help: "Send claims that nobody has signed.") var unsigned = false
  @Flag(help: "Send all anew, over what is there: for a remote whose bytes are damaged ('bioarc remote fsck').")
  var repair = false
  @Flag(help: "Say what would be sent; send nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false

  package func validate() throws {
    if pin != nil && !steps.isEmpty { throw ValidationError("--pin stands for steps: name it, or steps") }
    if let study, !NameRules.isName(study) { throw ValidationError("--study takes \(NameRules.nameRule)") }
  }

  package func run() throws {
    let session = try Session(options.request().offline, isReading: true)
    let delivery = try Delivery(
      to: to, options.pipeline, signing, isUnsigned: unsigned, isDry: dryRun)
    let resolution = try session.resolve()
    let named = try session.steps(named: steps, orPinned: pin, in: resolution)
    let published =
      dryRun
      ? [] : try study.map { try delivery.publish(named, of: session, resolution, as: $0, withData: inputs) } ?? []
    let document = try delivery.send(
      named, and: published, of: resolution, withBytes: !results, withInputs: inputs, isRepairing: repair, isDry: dryRun
    )
    if json { return try printJSON(document) }
    if dryRun && study != nil { Terminal.complain("note: the files of the study come on top") }
    Terminal.print(delivery.words(document))
    if document.absent > 0, !dryRun {
      Terminal.complain(
        "note: the bytes of \(Words.count(document.absent, "object")) are not here, as of models that nothing reads")
    }
  }
}
