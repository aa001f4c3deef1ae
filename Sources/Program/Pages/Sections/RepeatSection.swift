import Console
import PageWriting
import Resolving
import Wording

/// How to have the run again.
enum RepeatSection {
  static func section(_ run: ReportedRun) -> Section {
    let file = ShellWord.quoted("pipelines/\(Places.name(run.past.file))")
    let settings = (run.past.settings ?? []).map { " --set \(ShellWord.quoted($0))" }.joined()
    var blocks: [Block] = [
      .lines([
        "The text of the pipeline, with inputs of the same digests and the same versions of stages, gives each step "
          + "the key that it had; results with these keys are those of this run."
      ]),
      .facts([
        ("run it", "bioarc run \(file)\(settings)"), ("see that nothing differs", "bioarc plan \(file)\(settings)"),
        ("look at the log", "bioarc log \(run.past.id)"), ("write this page", "bioarc report \(run.past.id)"),
      ]),
    ]
    if let text = run.text {
      blocks.append(.text("The text of the pipeline", String(decoding: text, as: UTF8.self)))
    } else if run.past.text != nil {
      blocks.append(.lines(["The text of the pipeline is gone from the store."]))
    } else {
      blocks.append(.lines(["The log does not have the text of the pipeline, as older logs."]))
    }
    return Section("repeat", "How to repeat it", blocks)
  }
}
