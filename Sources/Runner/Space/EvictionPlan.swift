package import Artifacts
import Files
import Stores

/// The files that `gc` removes, in which order, and those that it keeps: a value that is shown before anything happens.
package struct EvictionPlan: Sendable {
  /// The subject of a line of a summary.
  package enum Group: Hashable, Sendable {
    /// Results of a stage.
    case results(stage: String)
    /// Saved states of the trainings of a stage.
    case states(stage: String)
    /// Copies of files from outside.
    case inputs
    /// Objects that no result and no pre-image names.
    case unreferenced
    /// Files that were found damaged, and those that dead processes have left.
    case leftovers
  }

  /// A unit that goes or stays: half a result would have to be computed again whole.
  package struct Item: Sendable {
    package let group: Group
    package internal(set) var objects: [Digest] = []
    /// The key of a training whose states these are.
    var training: Digest?
    var leftover: String?
    package internal(set) var bytes = 0
    /// Seconds that making the item again takes.
    package let seconds: Double
    /// The digest, so that equal items have one order.
    fileprivate let name: String

    fileprivate var bytesPerSecond: Double { seconds > 0 ? Double(bytes) / seconds : .infinity }

    /// Most bytes for the least time first.
    fileprivate static func precedes(_ a: Item, _ b: Item) -> Bool {
      if a.bytesPerSecond != b.bytesPerSecond { return a.bytesPerSecond > b.bytesPerSecond }
      if a.bytes != b.bytes { return a.bytes > b.bytes }
      return a.name < b.name
    }
  }

  /// A number of results, and of bytes.
  package struct Tally: Hashable, Sendable {
    package internal(set) var results = 0
    package internal(set) var bytes = 0
  }

  /// The amount that is to go.
  package enum Goal: Hashable, Sendable {
    /// Everything that nobody needs.
    case all
    case free(Int)
    /// Until the store is not larger than that.
    case size(Int)
  }

  /// The items that go, in this order.
  package private(set) var items: [Item] = []
  /// The items that could go, and need not for the goal.
  package private(set) var spared = Tally()
  package private(set) var kept: [Reach.Reason: Tally] = [:]
  /// Bytes that the goal asks for beyond all that nobody needs.
  package private(set) var missing = 0

  /// The bytes of the items that go.
  package var bytes: Int { items.reduce(0) { $0 + $1.bytes } }
  /// The seconds that making them again would take.
  package var seconds: Double { items.reduce(0) { $0 + $1.seconds } }

  /// `now` is a time of the file system's clock; `grace` and `leftoverAge` are in nanoseconds.
  package init(
    _ census: Census, _ reach: Reach, goal: Goal, now: Int64, grace: Int64, leftoverAge: Int64
  ) {
    let limit =
      switch goal {
      case .all: Int.max
      case .free(let bytes): bytes
      case .size(let bytes): max(0, census.bytes - bytes)
      }
    var freed = 0
    for item in candidates(census, reach, before: now - grace, leftoversBefore: now - leftoverAge)
      .sorted(by: Item.precedes)
    {
      if freed < limit {
        items.append(item)
        freed += item.bytes
      } else {
        spared.bytes += item.bytes
        if case .results = item.group { spared.results += 1 }
      }
    }
    if goal != .all { missing = max(0, limit - freed) }
    for (key, reason) in reach.keys where census.steps[key]?.hasResult ?? false {
      kept[reason, default: Tally()].results += 1
    }
  }

  /// All items that nobody needs; counts those that are kept.
  private mutating func candidates(
    _ census: Census, _ reach: Reach, before limit: Int64, leftoversBefore leftoverLimit: Int64
  ) -> [Item] {
    var items: [Item] = []
    var results: [Digest: Item] = [:]
    for (digest, holding) in census.objects {
      if let reason = reach.objects[digest] ?? (holding.time > limit ? .fresh : nil) {
        kept[reason, default: Tally()].bytes += holding.bytes
      } else if let maker = census.makers[digest], let step = census.steps[maker] {
        results[
          maker, default: Item(group: .results(stage: step.stage), seconds: step.seconds, name: maker.hex)
        ].add(digest, holding)
      } else {
        var item = Item(
          group: census.inputs.contains(digest) ? .inputs : .unreferenced, seconds: 0, name: digest.hex)
        item.add(digest, holding)
        items.append(item)
      }
    }
    for (training, holding) in census.states {
      if let reason = reach.keys[training] ?? (holding.time > limit ? .fresh : nil) {
        kept[reason, default: Tally()].bytes += holding.bytes
      } else {
        var item = Item(
          group: .states(stage: census.steps[training]?.stage ?? ""), seconds: census.steps[training]?.seconds ?? 0,
          name: training.hex)
        (item.training, item.bytes) = (training, holding.bytes)
        items.append(item)
      }
    }
    for (path, holding) in census.leftovers where holding.time <= leftoverLimit || path.hasPrefix("tmp/") {
      var item = Item(group: .leftovers, seconds: 0, name: path)
      (item.leftover, item.bytes) = (path, holding.bytes)
      items.append(item)
    }
    return items + results.values
  }
}

extension EvictionPlan.Item {
  fileprivate init(group: EvictionPlan.Group, seconds: Double, name: String) {
    self.group = group
    self.seconds = seconds
    self.name = name
  }

  fileprivate mutating func add(_ digest: Digest, _ holding: Holding) {
    objects.append(digest)
    bytes += holding.bytes
  }
}
