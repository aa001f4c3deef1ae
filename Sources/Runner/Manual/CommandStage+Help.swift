internal import Artifacts
import Syntax
import YAML

extension CommandStage {
  /// The text of `bioarc stages NAME` for a lab's own stage; ends with a line break.
  package func help(color: Bool) -> String {
    let title = { (text: String) in color ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    var lines = ["", title("Runs") + " (from \(file))", "  " + YAMLWriter.list(command.arguments)]
    if !code.isEmpty { lines.append("  code, in the key by content: " + code.map(\.path).joined(separator: ", ")) }
    if !command.environment.isEmpty {
      lines.append(
        "  sees " + command.environment.joined(separator: ", ") + ": their values are not in the key, "
          + "so they must not change what comes out")
    }
    return declaration.help(color: color) + lines.joined(separator: "\n") + "\n"
  }
}
