import Artifacts
import System

/// The settings of Slurm, as far as they matter.
package struct SlurmSettings: Equatable, Sendable {
  /// `slurm 22.05.8`
  package var version = ""
  package var cluster = ""
  /// Tasks of an array job.
  package var arraySize = 1001
  /// Seconds for which a job is shown after its end.
  package var jobAge = 300

  /// Reads the answer of `scontrol show config`.
  package init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimming { $0 == " " } }
      guard parts.count == 2 else { continue }
      let number = Int(parts[1].prefix { $0.isASCII && $0.isNumber })
      switch parts[0] {
      case "SLURM_VERSION": version = String(parts[1])
      case "ClusterName": cluster = String(parts[1])
      case "MaxArraySize": arraySize = min(max(1, number ?? arraySize), 1 << 20)
      case "MinJobAge": jobAge = number ?? jobAge
      default: break
      }
    }
  }
}
