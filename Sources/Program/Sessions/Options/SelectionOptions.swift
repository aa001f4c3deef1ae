package import ArgumentParser

/// The part of a pipeline that `run` and `plan` do.
package struct SelectionOptions: ParsableArguments {
  package init() {}

  @Option(parsing: .singleValue, help: "Steps to end at, as 'scores[k=6]'; what they read runs as needed.")
  package var only: [String] = []
  @Option(parsing: .singleValue, help: "Steps to begin at: these and all that reads them.") package var from: [String] =
    []
  @Option(parsing: .singleValue, help: "Steps that run even if they have a result, as 'ranking' or '*'.")
  package var force: [String] = []
  @Flag(help: "Try failures that are results again.") package var retryFailed = false

  /// The steps that are named.
  package var all: [String] { only + from + force }
  package var isDefault: Bool { all.isEmpty && !retryFailed }
}
