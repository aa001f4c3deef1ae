import ArgumentParser

/// The part of a pipeline that `run` and `plan` do.
struct SelectionOptions: ParsableArguments {
  @Option(parsing: .singleValue, help: "Steps to end at, as 'scores[k=6]'; what they read runs as needed.")
  var only: [String] = []
  @Option(parsing: .singleValue, help: "Steps to begin at: these and all that reads them.") var from: [String] = []
  @Option(parsing: .singleValue, help: "Steps that run even if they have a result, as 'ranking' or '*'.")
  var force: [String] = []
  @Flag(help: "Try failures that are results again.") var retryFailed = false

  /// The steps that are named.
  var all: [String] { only + from + force }
  var isDefault: Bool { all.isEmpty && !retryFailed }
}
