import ArgumentParser

/// The option of verbs that run own stages.
package struct CommandOptions: ParsableArguments {
  package init() {}

  @Flag(
    help: "Run the commands of own stages that came with another lab's pipeline, and remember them on this machine.")
  package var allowCommands = false
}
