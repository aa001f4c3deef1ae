import Sequences

extension LabelledRecord {
  /// Records without a hold-out of about `fraction` of them, and the hold-out: by sequence, and groups as a whole.
  /// - Parameters:
  ///   - seed: draws another hold-out.
  ///   - known: the record by whose sequence one is held out: itself, or `unstranded`.
  package static func split(
    _ records: [LabelledRecord], holdOut fraction: Double, seed: Int = 0,
    by known: @escaping (LabelledRecord) -> LabelledRecord = { $0 }
  ) -> (kept: [LabelledRecord], heldOut: [LabelledRecord]) {
    if fraction == 0 { return (records, []) }
    let groups = heldOutGroups(records, fraction, seed)
    let isHeldOut = { (record: LabelledRecord) in
      record.group.isEmpty ? known(record).isHeldOut(fraction, seed: seed) : groups.contains(record.group)
    }
    return (records.filter { !isHeldOut($0) }, records.filter(isHeldOut))
  }

  /// Whole groups, in the order of their hashes, until they have about `fraction` of the rows: at least one, and never
  /// all.
  private static func heldOutGroups(_ records: [LabelledRecord], _ fraction: Double, _ seed: Int) -> Set<String> {
    var rows: [String: Int] = [:]
    for record in records where !record.group.isEmpty { rows[record.group, default: 0] += 1 }
    guard fraction > 0, rows.count > 1 else { return [] }
    let ordered = rows.map { (hash: HoldOut.hash($0.key.utf8, seed: seed), name: $0.key, rows: $0.value) }
      .sorted { ($0.hash, $0.name) < ($1.hash, $1.name) }
    let wanted = fraction * Double(rows.values.reduce(0, +))
    var (taken, count): (Set<String>, Double) = ([], 0)
    for group in ordered.dropLast() where taken.isEmpty || count + Double(group.rows) / 2 <= wanted {
      taken.insert(group.name)
      count += Double(group.rows)
    }
    return taken
  }
}
