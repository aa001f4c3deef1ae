package import PageWriting
import Resolving
import Timelines

/// Makes the page about a run.
package struct PageBuilder {
  private let run: ReportedRun
  /// Whether the page tells times of day and places of files, which differ from machine to machine.
  private let places: Bool

  package init(_ run: ReportedRun, places: Bool) { (self.run, self.places) = (run, places) }

  /// The page: equal for equal logs and results. Throws the store's errors.
  package func page() throws -> Page {
    let timeline = Timeline(run.events)
    let steps = try ReportedSteps(run, timeline)
    let rankings = RankedResult.all(run)
    let sections =
      [
        SummarySection.section(run, timeline, rankings.found, places: places), GraphSection.section(run, steps),
        RankingSection.section(run, rankings), ParetoSection.section(rankings.found),
        MarginalSection.section(run, rankings.found), LearningSection.section(run),
        ClassesSection.section(run, rankings.found),
      ] + ViewSections.studies(run) + ViewSections.details(run) + [
        try TimeSection.section(run, timeline), ResourceSection.section(run, timeline),
        StepsSection.section(run, steps, timeline), try ChangesSection.section(run),
        try ProvenanceSection.section(run), RepeatSection.section(run),
      ]
    let lacks = sections.compactMap { section in section.lack.map { (name: section.title, value: $0) } }
    let rest = lacks.isEmpty ? [] : [Section("absent", "Not on this page", [.facts(lacks)])]
    return Page(
      title: "\(run.past.pipeline), run \(run.past.id)", state: run.state.rawValue,
      sections: sections.filter { $0.lack == nil } + rest)
  }
}
