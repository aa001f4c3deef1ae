package import Explaining
package import Plans
import Resolving
import Running
import Wording

/// A forecast, for people and programs.
package struct ForecastText {
  package let forecast: Forecast
  let plan: Plan
  /// Cores of this machine, or jobs of a cluster at a time.
  let cores: Int
  /// The place of the run in words, as `on 2 cores`.
  let place: String

  package init(forecast: Forecast, plan: Plan, cores: Int, place: String) {
    self.forecast = forecast
    self.plan = plan
    self.cores = cores
    self.place = place
  }

  /// Sentences, one per line: how many steps run, how long that takes, what is saved.
  package var lines: [String] {
    var lines: [String] = []
    if forecast.reused > 0 {
      let results = forecast.reused == 1 ? "1 result is reused" : "\(forecast.reused) results are reused"
      lines.append("\(results), which saves \(Words.seconds(forecast.saved))")
    }
    guard !forecast.isNothing else { return lines + ["nothing to run"] }
    return lines + steps + time + guesses
  }

  private var steps: [String] {
    var text = "\(Words.count(forecast.certain, "step")) will run"
    if forecast.waiting > 0 {
      text += ", and at most \(forecast.waiting) more: those run unless what they read comes out as before"
    }
    return [text]
      + forecast.parts.indices.filter { forecast.parts[$0].isOpen }.map { "\(plan.nodes[$0].name): \(open($0))" }
  }

  /// The number of steps of a node with an axis that is not known, in words.
  func open(_ node: Int) -> String {
    let makers = plan.nodes[node].axes.compactMap(plan.source(ofAxis:)).map { "'\(plan.nodes[$0].name)'" }
    let before = forecast.parts[node].asBefore
    return "how many steps run is known when \(makers.joined(separator: " and ")) has run"
      + (before > 0 ? "; before, there were \(before)" : "")
  }

  private var time: [String] {
    let names = forecast.unknown.map { "'\(plan.nodes[$0].name)'" }.joined(separator: ", ")
    let pending = forecast.parts.indices.filter(isPending)
    if forecast.unknown.count == pending.count { return ["expected time: unknown, for nothing like it has run here"] }
    var text = "expected time \(place): "
    let (least, most) = (Words.seconds(forecast.certainSeconds), Words.seconds(forecast.atMostSeconds))
    let bound = forecast.atMost == nil ? "with as many steps as before" : "at most"
    text += forecast.atMost == forecast.certain || least == most ? most : "\(least), \(bound) \(most)"
    return [text + (names.isEmpty ? "" : ", and what \(names) takes, of which nothing is known")]
  }

  private var guesses: [String] {
    let names = forecast.guessed.map { "'\(plan.nodes[$0].name)'" }
    if names.isEmpty { return [] }
    let list = names.joined(separator: ", ")
    return ["nothing like \(list) has run here: the time is that of the same stage with other parameters"]
  }

  /// Whether steps of a node run or may run.
  func isPending(_ node: Int) -> Bool {
    let part = forecast.parts[node]
    return part.certain + part.waiting > 0 || part.isOpen
  }

  /// Seconds of the steps of one node that run or may run, one after the other; nil when that is not known.
  func seconds(_ node: Int) -> Double? {
    let part = forecast.parts[node]
    guard !forecast.unknown.contains(node), let certain = part.certainSeconds, let waiting = part.waitingSeconds else {
      return nil
    }
    return certain + waiting
  }

  /// The seconds that a node is expected to take, in words, for a column.
  func expected(_ node: Int) -> String {
    isPending(node) ? seconds(node).map { Words.seconds($0) } ?? "?" : "."
  }

  /// The forecast for programs.
  package var document: Document {
    Document(
      certain: forecast.certain, atMost: forecast.atMost, cores: cores, expectedSeconds: forecast.certainSeconds,
      atMostSeconds: forecast.atMost == nil ? nil : forecast.atMostSeconds,
      asBeforeSeconds: forecast.atMost == nil ? forecast.atMostSeconds : nil,
      unknown: forecast.unknown.map { plan.nodes[$0].name }, guessed: forecast.guessed.map { plan.nodes[$0].name },
      reused: forecast.reused, savedSeconds: forecast.saved)
  }

  package struct Document: Encodable {
    let certain: Int
    /// nil: an axis is known only once a step has run.
    let atMost: Int?
    let cores: Int
    let expectedSeconds: Double
    let atMostSeconds: Double?
    /// The seconds of all that may run if the stage that waits for its axis has as many steps as before; nil unless
    /// `atMost` is.
    let asBeforeSeconds: Double?
    /// Stages whose time is not known; the seconds leave them out.
    let unknown: [String]
    /// Stages whose seconds are those of the same stage with other parameters.
    let guessed: [String]
    let reused: Int
    let savedSeconds: Double
  }
}
