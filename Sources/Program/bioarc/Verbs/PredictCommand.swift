import ArgumentParser
import Artifacts
import Console
import Inputs
import Labelled
import Sessions
import System
import TaskStages
import UseStages
import Wording

/// `bioarc predict`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Predict the labels of new sequences with models that a pipeline has trained.",
    discussion: """
      A row for each sequence: what is predicted, scores, and notes on what the model never saw: letters, lengths,
      unknown tokens. Of several steps, as those of several seeds, the mean counts, and the least and the largest score
      stand beside it. The file is read piece by piece, whatever its size. A model that was not kept is made again from
      its training's last state.

      Examples:
        bioarc predict pipelines/promoters.yaml 'scores[seed=1]' new.fasta -o predicted.tsv
        bioarc predict pipelines/promoters.yaml scores new.csv --sequence seq
        bioarc predict pipelines/promoters.yaml 'scores[seed=1]' genome.fa.gz --long windows --step 50
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A fine-tuning step, or several of one task, as a stage.") var step: String
  @Argument(help: "The file of sequences: FASTA, a table or lines; it may be compressed.", completion: .file())
  var file: String
  @OptionGroup var reading: SequenceFileOptions
  @Option(help: "Sequences longer than what the model reads: cut, windows (read in pieces) or refuse.")
  var long = "cut"
  @Option(help: "Letters of a piece. Default: as many as the longest sequence of the training had.") var window = 0
  @Option(name: .customLong("step"), help: "Letters between the starts of two pieces. Default: a whole piece.")
  var stride = 0
  @Option(name: [.customShort("j", allowingJoined: true), .long], help: "Threads. Default: all cores.") var jobs: Int?
  @Option(name: .shortAndLong, help: "A new file for the table. Default: standard output.", completion: .file())
  var output: String?

  func validate() throws {
    if Predictor.Long(rawValue: long) == nil {
      throw ValidationError("--long takes cut, windows or refuse, not '\(long)'")
    }
    if window < 0 || stride < 0 { throw ValidationError("--window and --step take letters") }
    if long != "windows", window > 0 || stride > 0 {
      throw ValidationError("--window and --step go with --long windows")
    }
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number of at least 1") }
  }

  func run() throws {
    try reading.check(file)
    try NewFile.checkAbsent(output)
    let found = try StoredModels.find(step, port: "model", options.request(), jobs: jobs)
    do {
      let predictor = try Predictor(
        found.map(\.artifact), Predictor.Reading(Predictor.Long(rawValue: long)!, window: window, step: stride),
        threads: jobs ?? Machine.cores)
      let source = try reading.source(file, predictor.alphabet)
      let table = DelimitedOutput(try NewFile.writer(output), .tab, header: predictor.header)
      var progress = LiveCount("sequences")
      _ = try predictor.predict(source, isCancelled: { false }) { rows, done in
        for row in rows { try table.add(row.map { Array($0.utf8) }) }
        progress.show(done)
      }
      progress.end()
      try table.close()
      for warning in predictor.warnings { Terminal.complain("warning: \(warning)") }
      if let output { Terminal.complain("\(output): \(Words.grouped(predictor.count)) rows") }
    } catch let failure as StageFailure { throw Complaint.failure(failure.message) }
  }
}
