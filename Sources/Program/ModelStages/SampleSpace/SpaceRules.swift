import Artifacts
import Blocks
import DataStages
import Spaces

extension StageRule {
  private static let parametersOfSpace = [
    "modules", "depths", "widths", "count", "min-distance", "monotonic", "distance-first", "max-parameters",
  ]

  /// The parameters of `sample-space` are a space that can be reduced to as many architectures as are asked for.
  static let space: StageRule = StageRule(
    reads: parametersOfSpace + ["architectures"]
  ) { settings in
    var findings: [StageFinding] = []
    for (item, text) in (settings.list("architectures") ?? []).enumerated() {
      do throws(ArchitectureFinding) { _ = try Architecture(parsing: text.description) } catch {
        findings.append(noArchitecture(text.description, error, at: "architectures", item: item))
      }
    }
    for (item, text) in (settings.list("modules") ?? []).enumerated() {
      do throws(ArchitectureFinding) { _ = try Module(parsing: text.description) } catch {
        findings.append(noModule(text.description, error, item: item))
      }
    }
    guard findings.isEmpty, let space = try? SampleSpaceStage.space(settings) else { return findings }
    return space.surveyed().map { finding($0, space) }
  }

  /// Architectures written by hand are the space: what it would be sampled from is not read.
  static let writtenSpace: StageRule = StageRule(
    reads: parametersOfSpace + ["architectures"],
    isOfAll: true
  ) { settings in
    guard settings.list("architectures") != [], settings.list("architectures") != nil else { return [] }
    return SampleSpaceStage.declaration.stated(parametersOfSpace, settings).map {
      .warning("'\($0)' is not read: the space is what 'architectures' lists", at: $0)
    }
  }

  /// A fact about a space, at the parameter that makes it.
  private static func finding(_ finding: SpaceFinding, _ space: SearchSpace) -> StageFinding {
    let error = { (place: String, item: Int?, help: String?) in
      StageFinding.error("bad-space", "\(finding)", at: place, item: item, help: help)
    }
    switch finding {
    case .empty(let name): return error(name, nil, "a space has at least one")
    case .repeated(let name, let text):
      let items =
        switch name {
        case "modules": space.modules.map(\.text)
        case "depths": space.depths.map(String.init)
        default: space.widths.map(String.init)
        }
      return error(name, items.lastIndex(of: text), nil)
    case .outOfRange(let name, let value, _):
      return error(name, (name == "depths" ? space.depths : space.widths).firstIndex(of: value), nil)
    case .negative(let name, _): return error(name, nil, nil)
    case .distance: return error("min-distance", nil, nil)
    case .tooManyLayers: return error("widths", nil, nil)
    case .layer(let problem):
      let help = "every module has every width of a space; other layers are listed in 'architectures'"
      return error("widths", problem.width.flatMap { space.widths.firstIndex(of: $0) }, help)
    case .tooLarge(let depth), .tooManyWidthVectors(let depth, _, _), .tooManyArchitectures(let depth, _, _):
      return error("depths", space.depths.firstIndex(of: depth), nil)
    case .tooFew: return error("count", nil, "lower 'count' or 'min-distance', or give more depths, widths or modules")
    case .sameID, .embeddings: return error("architectures", nil, nil)
    }
  }
}
