import Plans
import Wording
package import YAML

extension Terminal {
  /// Shows findings with the lines that they point at, and how many errors there are.
  package static func complain(_ findings: [Diagnostic], _ sources: [String: String]) {
    if !findings.isEmpty { Terminal.complain(findings.rendered(sources: sources, color: Terminal.usesColor)) }
    let errors = findings.filter { $0.severity == .error }.reduce(0) { $0 + $1.count }
    if errors > 0 { Terminal.complain(Words.count(errors, "error") + "; nothing was run") }
  }
}
