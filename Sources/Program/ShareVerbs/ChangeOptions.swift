import ArgumentParser

/// Options of verbs that change a file.
struct ChangeOptions: ParsableArguments {
  @Flag(help: "Say what would be changed; change nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false
}
