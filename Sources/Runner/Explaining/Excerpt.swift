/// The causes of a step as they are shown: a tree with a few groups at each link, and every edit at its ends.
package struct Excerpt: Sendable {
  /// Steps upstream, all of one node, that differ in one way.
  package struct Cause: Sendable {
    /// The reason of the first of them.
    package let reason: Reason
    /// True: this step is explained further up, so its changes and causes are not repeated.
    package let isRepeated: Bool
    /// The number of the other steps.
    package let others: Int
    /// At the last cause that is shown of a node: so many more steps of it differ in other ways. Their edits are among
    /// the edits all the same.
    package let unlike: Int
    /// At the first cause of a node: so many more steps of it were not looked at.
    package let unseen: Int
    package let causes: [Cause]
  }

  /// Groups of a node that are shown, at each link of a chain.
  static let breadth = 3

  package let reason: Reason
  package let causes: [Cause]
  /// The edits at the ends of the chain, shown or not: the step that each is of, and what changed there.
  package let edits: [(step: String, change: Change)]
  /// Whether there are steps behind it that were not looked at.
  package let isPartial: Bool

  init(_ causes: Causes) {
    reason = causes.groups[0].reason
    self.causes = Self.shown(behind: 0, causes)
    edits = Self.edits(causes)
    isPartial = causes.groups.contains { $0.links.contains { $0.unseen > 0 } }
  }

  private static func shown(behind place: Int, _ causes: Causes) -> [Cause] {
    causes.groups[place].links.flatMap { link in
      let shown = link.groups.prefix(breadth)
      let unlike = link.groups.dropFirst(breadth).reduce(0) { $0 + causes.groups[$1].count }
      return shown.map { place in
        let group = causes.groups[place]
        return Cause(
          reason: group.reason, isRepeated: link.isRepeated, others: group.count - 1,
          unlike: place == shown.last ? unlike : 0, unseen: place == shown.first ? link.unseen : 0,
          causes: Self.shown(behind: place, causes))
      }
    }
  }

  /// The changes that are edits, group by group. A change of a step itself is one. So is a change at a port, unless the
  /// port's causes are told further up or one that is shown of them leads to an edit.
  private static func edits(_ causes: Causes) -> [(step: String, change: Change)] {
    var edits = causes.groups.map { _ in [Change]() }
    var leads = causes.groups.map { _ in false }
    for (place, group) in causes.groups.enumerated().reversed() {
      let leading = group.links.filter { $0.groups.prefix(breadth).contains { leads[$0] } }
      let explained = Set((leading + group.links.filter(\.isRepeated)).flatMap(\.ports))
      edits[place] = group.reason.changes.filter { $0.isOwn || !explained.contains($0.field) }
      leads[place] = !edits[place].isEmpty || !leading.isEmpty
    }
    return zip(causes.groups, edits).flatMap { group, edits in edits.map { (group.reason.step, $0) } }
  }
}
