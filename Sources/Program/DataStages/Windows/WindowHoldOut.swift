import Artifacts
import Sequences

/// The part of genomes that is held out, as the parameters of `windows` say.
struct WindowHoldOut {
  private let rule: String
  private let fraction: Double
  private let block: Int
  /// Names of records that are held out; empty: it goes by their hash.
  let records: Set<String>

  init(_ context: StageContext) {
    rule = context[WindowsStage.heldOutBy]
    fraction = context[WindowsStage.heldOut]
    block = context[WindowsStage.heldOutBlock]
    records = rule == "records" ? Set(context[WindowsStage.heldOutRecords]) : []
  }

  /// Whether anything is to be held out.
  var isWanted: Bool { fraction > 0 || !records.isEmpty }

  /// The cut of records that are not on one side as a whole.
  var split: Windows.Split {
    switch rule {
    case "blocks": .blocks(size: block, fraction: fraction, seed: 0)
    case "records": .none
    default: .tail(fraction: fraction)
    }
  }

  /// Whether a record is held out as a whole; nil where each record is cut.
  func contains(_ record: SequenceRecord) -> Bool? {
    guard rule == "records" else { return nil }
    return records.isEmpty ? HoldOut.contains(record.sequence, fraction: fraction) : records.contains(record.name)
  }

  /// Why nothing is held out.
  var emptiness: String {
    switch rule {
    case "blocks": "'held-out' of the blocks of every record is less than one; a smaller 'held-out-block' makes more"
    case "records": "by their hash all records are of train; 'held-out-records' names some"
    default: "'held-out' of every record is less than a letter"
    }
  }
}

extension StageRule {
  /// Parameters of a hold-out by another rule.
  static let windowHoldOut: StageRule = StageRule(
    reads: ["held-out", "held-out-by", "held-out-block", "held-out-records"]
  ) { settings in
    guard let rule = settings.string("held-out-by") else { return [] }
    let (declaration, form) = (WindowsStage.declaration, "'held-out-by: \(rule)'")
    var findings: [StageFinding] = []
    for (reader, name) in [("blocks", "held-out-block"), ("records", "held-out-records")] where reader != rule {
      findings += declaration.stated([name], settings).map {
        .error("bad-hold-out", "'\($0)' belongs to 'held-out-by: \(reader)'; \(form) does not read it", at: $0)
      }
    }
    if rule == "records", !declaration.stated(["held-out-records"], settings).isEmpty {
      findings += declaration.unread(["held-out"], settings, because: "'held-out-records' names all that is held out")
    }
    return findings
  }
}
