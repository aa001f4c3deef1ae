import Artifacts
import Networks

extension FineTuneStage {
  /// Sets of values that go together (`pipelines/README.md` has what was measured with them).
  static let presets: [Preset] = [
    Preset("quick", help: "a first look") { values($0, epochs: 3) },
    Preset("standard", help: "what a result is reported with") { values($0, epochs: 9) },
    Preset("thorough", help: "nearly three times as long, for small tasks") { values($0, epochs: 24) },
  ]

  /// Values beside those that the file states. The rate falls over the last third of the epochs, so that a longer
  /// training shares what comes before; where the file states a schedule of its own, or epochs of an axis, it does not.
  private static func values(_ stated: [String: Value?], epochs: Int) -> [String: Value] {
    let pooled = [pooling.name: Value.string(Pooling.attention.rawValue)]
    if stated[linearProbe.name] == .some(.bool(true)) { return [pooling.name: .string(Pooling.mean.rawValue)] }
    var values: [String: Value] = [
      batch.name: .int(32), "lr": .float(0.002), "weight-decay": .float(0.05), averaging.name: .float(0.998),
    ]
    values.merge(pooled) { $1 }
    let own = stated[Self.epochs.name]
    values[Self.epochs.name] = .int(epochs)
    let hasFall = stated.keys.contains { $0 == "schedule" || $0.hasPrefix("decay-") }
    var length: Int? = epochs
    if let own { if case .int(let count)? = own { length = count } else { length = nil } }
    guard !hasFall, let length, length > 1 else { return values }
    let fall = max(1, length / 3)
    values["schedule"] = .string("wsd")
    values["decay-from-epoch"] = .int(length - fall)
    values["decay-epochs"] = .float(Double(fall))
    return values
  }
}
