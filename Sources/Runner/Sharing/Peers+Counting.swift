import Artifacts
package import Stores

extension Peers {
  /// A claim of a lab that is believed, as `who` tells it.
  package struct Testimony: Hashable {
    package let lab: String
    /// Whether it says what the store has; nil: there is no result.
    package let agrees: Bool?
    /// The reason for which it does not count; nil: it counts.
    package let obstacle: String?
  }

  /// The claims of a step by labs that are believed, in the order of the pushes.
  package func testimonies(on step: ClaimedStep) throws -> [Testimony] {
    let index = try claims().index
    let row = try store.row(step.key)
    let words = try lastWords(allowed(step))
    var found: [Testimony] = []
    for entry in try lastWords(Array(index[step.key])) {
      let (lab, outcome) = (try lab(entry), try index.claim(entry).outcome)
      let obstacle =
        try !allows(entry, step.stage)
        ? "outside the bounds of the lab"
        : try lacking(lab, words) { outcome == $0 }.map {
          "\($0.agreeing) of the \($0.group.need) that '\($0.group.name)' needs"
        }
      let testimony = Testimony(lab: lab, agrees: row.map { outcome.agrees(with: $0) }, obstacle: obstacle)
      if !found.contains(testimony) { found.append(testimony) }
    }
    return found
  }

  /// The claims of a step that count: within the bounds of their labs, and of labs in a group by as many as it needs.
  func counting(_ step: ClaimedStep) throws -> [ClaimIndex.Entry] {
    let allowed = try allowed(step)
    if quorums.isEmpty || allowed.isEmpty { return allowed }
    let (index, words) = (try claims().index, try lastWords(allowed))
    return try allowed.filter { entry in
      let outcome = try index.claim(entry).outcome
      return try lacking(lab(entry), words) { outcome == $0 } == nil
    }
  }

  /// Whether as many labs say what a row says as the groups of its lab need.
  func isAgreed(_ row: ResultRow, _ step: ClaimedStep, of lab: String) throws -> Bool {
    if !quorums.contains(where: { $0.labs.contains(lab) }) { return true }
    return try lacking(lab, lastWords(allowed(step))) { $0.agrees(with: row) } == nil
  }

  /// The claims of a step within the bounds of their labs.
  private func allowed(_ step: ClaimedStep) throws -> [ClaimIndex.Entry] {
    try claims().index[step.key].filter { try allows($0, step.stage) }
  }

  /// A group of a lab in which too few labs say the same, and how many do; nil: there is none.
  private func lacking(
    _ lab: String, _ words: [ClaimIndex.Entry], isSame: (Claims.Outcome) -> Bool
  ) throws -> (group: Quorum, agreeing: Int)? {
    for group in quorums where group.labs.contains(lab) {
      let index = try claims().index
      let same = try words.filter { try group.labs.contains(self.lab($0)) && isSame(index.claim($0).outcome) }
      let labs = try Set(same.map(self.lab))
      if labs.count < group.need { return (group, labs.count) }
    }
    return nil
  }

  private func lab(_ entry: ClaimIndex.Entry) throws -> String { try claims().pushes[entry.push].name.lab }

  /// The last of each writer's claims of one step: a later push takes back what an earlier one says.
  func lastWords(_ entries: [ClaimIndex.Entry]) throws -> [ClaimIndex.Entry] {
    if entries.count < 2 { return entries }
    let names = try claims().pushes.map(\.name)
    return entries.filter { entry in
      let name = names[entry.push]
      return !entries.contains { other in
        let later = names[other.push]
        return later.writer == name.writer && later.lab == name.lab && later.number > name.number
      }
    }
  }
}
