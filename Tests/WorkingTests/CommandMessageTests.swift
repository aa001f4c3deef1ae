import Testing

@testable import Artifacts
@testable import Working

/// The line protocol of own stages.
@Suite struct CommandMessageTests {
  @Test func `lines of a command are read as messages`() {
    let cases: [(String, CommandMessage)] = [
      (
        "bioarc progress 3/10 epochs loss 0.3",
        .report(.progress(done: 3, total: 10, unit: "epochs", detail: "loss 0.3"))
      ),
      ("bioarc progress 0/0", .report(.progress(done: 0, total: 0, unit: "", detail: ""))),
      ("bioarc progress 1/2 fits", .report(.progress(done: 1, total: 2, unit: "fits", detail: ""))),
      ("bioarc metric 7 -1e-3 hold-out loss", .report(.metric(name: "hold-out loss", step: 7, value: -0.001))),
      ("bioarc warning 3 rows: dropped", .report(.warning("3 rows: dropped"))),
      ("bioarc environment python 3.13 on x86", .environment(name: "python", text: "3.13 on x86")),
      ("bioarc failure one-class all labels are 1", .failure(StageFailure(code: "one-class", "all labels are 1"))),
      ("bioarcs are fine", .other), ("", .other), (" bioarc warning x", .other), ("loss 0.3", .other),
    ]
    for (line, message) in cases { #expect(CommandMessage(line) == message, "\(line)") }
    for line in [
      "bioarc", "bioarc progress", "bioarc progress 3", "bioarc progress 3/", "bioarc progress 11/10 x",
      "bioarc progress -1/2", "bioarc metric 1 loss", "bioarc metric 1 x loss", "bioarc failure code",
      "bioarc shout hello", "bioarc warning",
    ] { #expect(CommandMessage(line) == .malformed, "\(line)") }
  }
}
