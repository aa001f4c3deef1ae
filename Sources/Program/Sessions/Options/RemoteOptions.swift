package import ArgumentParser

/// Options of verbs that take results of others.
package struct RemoteOptions: ParsableArguments {
  package init() {}

  @Flag(help: "Ask no remote: what is known of the results of others counts, and nothing is fetched.")
  package var offline = false
  @Option(
    name: .customLong("remote"), parsing: .singleValue,
    help: "A remote of bioarc-remotes.yaml, or the address of one, that counts alone. May be repeated.")
  package var remotes: [String] = []
  @Option(help: "The lab whose results count where labs claim different ones for a step.")
  package var prefer: String?

  package var selection: RemoteSelection {
    RemoteSelection(isOffline: offline, names: remotes, preferred: prefer)
  }
}
