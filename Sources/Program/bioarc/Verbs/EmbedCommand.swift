import ArgumentParser
import Artifacts
import Console
import Sessions
import System
import TaskStages
import UseStages
import Wording

/// `bioarc embed`
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Write the features that a trained model has for sequences, as a NumPy table.",
    discussion: """
      The folder gets features.npy, a row of 32-bit floats for each sequence or token, and names.tsv with the name, the
      first row and the number of rows of each, and a hash of its letters. In Python: numpy.load("features.npy",
      mmap_mode="r"). For pretrained weights there is the stage 'embed'.

      Example:
        bioarc embed pipelines/promoters.yaml 'scores[seed=1]' new.fasta -o features
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A fine-tuning step.") var step: String
  @Argument(help: "The file of sequences: FASTA, a table or lines; it may be compressed.", completion: .file())
  var file: String
  @OptionGroup var reading: SequenceFileOptions
  @Flag(help: "A row for each token, not for each sequence.") var tokens = false
  @Option(name: [.customShort("j", allowingJoined: true), .long], help: "Threads. Default: all cores.") var jobs: Int?
  @Option(name: .shortAndLong, help: "The folder, which must not exist yet.", completion: .directory) var output: String

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number of at least 1") }
  }

  func run() throws {
    try reading.check(file)
    try NewFile.checkAbsent(output)
    let found = try StoredModels.find(step, port: "model", options.request(), jobs: jobs)
    guard found.count == 1 else {
      throw Complaint.usage("'\(step)' names \(found.count) models; embed takes one")
    }
    do {
      let embedder = try Embedder(
        TrainedBody(found[0].artifact, byToken: tokens, threads: jobs ?? Machine.cores),
        threads: jobs ?? Machine.cores)
      let source = try reading.source(file, embedder.alphabet)
      var progress = LiveCount("sequences")
      try NewFile.inFolder(output) {
        _ = try embedder.embed(
          source, features: NewFile.writer(output + "/features.npy"), names: NewFile.writer(output + "/names.tsv"),
          isCancelled: { false }
        ) { done, _ in progress.show(done) }
      }
      progress.end()
      if embedder.cut > 0 {
        Terminal.complain("warning: \(Words.count(embedder.cut, "sequence")) longer than what the model reads: cut")
      }
      Terminal.complain(output + "/features.npy")
      Terminal.complain(output + "/names.tsv")
    } catch let failure as StageFailure { throw Complaint.failure(failure.message) }
  }
}
