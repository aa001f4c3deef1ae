import Artifacts
package import Resolving
package import Sharing
import Wording

/// The part that other labs have in a plan: whose results are used, what that saves, and how much is fetched at most.
package struct OthersText {
  package struct Document: Encodable {
    struct Lab: Encodable {
      let lab: String
      let results: Int
      let savedSeconds: Double
    }
    let labs: [Lab]
    /// Bytes that steps which run or may run would have fetched.
    let bytesToFetch: Int
    /// Steps for which labs claim different results.
    let conflicts: Int
    /// The labs that claim them, of a hundred of these steps.
    let conflictingLabs: [String]
    let outOfReach: Int
  }

  package let document: Document

  package init(_ peers: Peers, _ resolution: Resolution) throws {
    let labs = Dictionary(grouping: peers.used.values, by: \.lab).map { lab, uses in
      Document.Lab(lab: lab, results: uses.count, savedSeconds: uses.reduce(0) { $0 + $1.seconds })
    }
    var objects: Set<Digest> = []
    if !labs.isEmpty {
      for step in resolution.steps where resolution.state(step).isPending {
        objects.formUnion(try resolution.objectsToFetch(for: step).map(\.digest))
      }
    }
    document = Document(
      labs: labs.sorted { $0.lab < $1.lab },
      bytesToFetch: objects.reduce(0) { $0.added(saturatingTo: peers.bytes(of: $1)) },
      conflicts: peers.conflicts.count,
      conflictingLabs: try Set(peers.conflicts.prefix(100).flatMap { try peers.testimonies(on: $0).map(\.lab) })
        .sorted(),
      outOfReach: peers.outOfReach)
  }

  /// The labs whose results are used, a line each.
  package var labLines: [String] {
    document.labs.map {
      "\(Words.count($0.results, "result")) of \($0.lab), which saves \(Words.seconds($0.savedSeconds))"
    }
  }

  package var lines: [String] {
    var lines = labLines
    if document.bytesToFetch > 0 { lines.append("\(Words.bytes(document.bytesToFetch)) to fetch at most") }
    if document.conflicts > 0 {
      lines.append(
        "\(document.conflictingLabs.joined(separator: " and ")) claim different results for "
          + "\(Words.count(document.conflicts, "step")), of which none is used: see 'bioarc conflicts', or name the "
          + "lab with --prefer")
    }
    if document.outOfReach > 0 {
      lines.append(
        "\(Words.count(document.outOfReach, "result")) more claimed, and no remote at hand has what is claimed")
    }
    return lines
  }
}
