import Resolving

/// The causes of a step up to the edits, as a graph of groups of steps.
///
/// The steps of a group are of one node, stand alike and differ from a baseline in the same way. A link leads from a
/// group to the steps of one node that it reads and that differ too, or that it waits for. A step belongs to the link
/// that reaches it first; large groups are followed before small ones, so that most steps are explained where most of
/// their kind are. Nothing is left out that was looked at: an `Excerpt` cuts the graph for display.
struct Causes {
  struct Group {
    /// The reason of the first of its steps.
    let reason: Reason
    /// The number of its steps.
    let count: Int
    var links: [Link] = []
  }

  struct Link {
    /// The ports that read its steps; none where they make the items of an axis.
    let ports: Set<String>
    /// Whether other links reached all of its steps before. One group then stands for them, with nothing behind it.
    let isRepeated: Bool
    /// The number of its steps that were not looked at.
    let unseen: Int
    /// Its groups by their places in the graph, the one with the most steps first.
    var groups: [Int] = []
  }

  /// In the order in which they were followed, the step itself first. A group comes before those behind it.
  var groups: [Group]

  init(groups: [Group]) { self.groups = groups }

  /// A step with nothing behind it.
  init(_ reason: Reason) { groups = [Group(reason: reason, count: 1)] }
}

extension Causes {
  /// Links of a chain that are followed.
  private static let depth = 64

  /// Finds the causes of `step`. At each link the `first` largest groups are followed up to the edits before any other
  /// group of the graph: a step that is behind both a large and a small group belongs to the large one.
  init(of step: StepIndex, in comparison: Comparison, first: Int) throws {
    groups = []
    var reached: Set<StepIndex> = [step]
    var later: [(group: Comparison.Group, depth: Int, reader: Int, link: Int)] = []

    func follow(_ group: Comparison.Group, _ depth: Int) throws -> Int {
      let place = groups.count
      let reason = try comparison.reason(for: group)
      groups.append(Group(reason: reason, count: group.steps.count))
      guard depth < Self.depth else { return place }
      for read in comparison.causes(of: group, reason) { try link(read, from: place, depth + 1) }
      return place
    }

    func link(_ read: Upstream, from reader: Int, _ depth: Int) throws {
      let new = read.steps.filter { !reached.contains($0) }
      let link = groups[reader].links.count
      guard !new.isEmpty else {
        groups[reader].links.append(Link(ports: read.ports, isRepeated: true, unseen: 0, groups: [groups.count]))
        groups.append(Group(reason: try comparison.resolution.reason(for: read.steps[0]), count: read.steps.count))
        return
      }
      reached.formUnion(new)
      let found = try comparison.groups(of: new)
      let unseen = new.count - found.reduce(0) { $0 + $1.steps.count }
      groups[reader].links.append(Link(ports: read.ports, isRepeated: false, unseen: unseen))
      for group in found.prefix(first) {
        let place = try follow(group, depth)
        groups[reader].links[link].groups.append(place)
      }
      later += found.dropFirst(first).map { ($0, depth, reader, link) }
    }

    _ = try follow(comparison.groups(of: [step])[0], 0)
    while !later.isEmpty {
      let next = later.removeFirst()
      let place = try follow(next.group, next.depth)
      groups[next.reader].links[next.link].groups.append(place)
    }
  }
}
