import Blocks
import Wording

extension Architecture {
  /// The architecture that was probably meant by a text that is none, or nil: another sign between layers, capital
  /// letters, names of modules for their letters, a width or an option that is near.
  package static func suggestion(for text: String) -> String? {
    var depth = 0
    var plain = ""
    for character in text.lowercased() {
      switch character {
      case "(": depth += 1
      case ")": depth -= 1
      case " ", "\t": continue
      case "_", ",", ".", ";", "/", "+", ">", ":", "|":
        if depth == 0 {
          plain += "-"
          continue
        }
      default: break
      }
      plain.append(character)
    }
    let layers = plain.split(separator: "-").map { repaired(String($0)) }
    let whole = layers.joined(separator: "-")
    return whole != text && (try? Architecture(parsing: whole)) != nil ? whole : nil
  }

  /// One layer, with the nearest valid part in the place of each part that it cannot have.
  private static func repaired(_ text: String) -> String {
    var text = text
    if let kind = BlockKind.all.first(where: { text.hasPrefix($0.name) }) {
      text = "\(kind.letter)" + text.dropFirst(kind.name.count)
    }
    do throws(ArchitectureFinding) { _ = try Architecture(parsing: text) } catch {
      switch error.problem {
      case .layer(let problem):
        guard let width = problem.width, let nearest = problem.nearestWidth else { break }
        return text.replacingWidth(width, with: nearest)
      case .unknownOption(let name, let kind):
        guard let near = nearest(to: name, in: kind.options.map(\.name), slack: 2),
          let place = text.firstRange(of: name)
        else {
          break
        }
        return String(text[..<place.lowerBound]) + near + text[place.upperBound...]
      default: break
      }
    }
    return text
  }
}

extension String {
  /// A layer's text with another width.
  fileprivate func replacingWidth(_ width: Int, with other: Int) -> String {
    String(prefix(1)) + String(other) + dropFirst(1 + String(width).count)
  }
}
