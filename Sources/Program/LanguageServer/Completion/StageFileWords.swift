import Artifacts
import Syntax

/// The words of the file of a stage.
enum StageFileWords {
  static func keys(_ path: [String]) -> [Candidate] { StageFile.keys(at: path).map { Candidate($0, .property) } }

  static func values(_ path: [String], _ vocabulary: Vocabulary) -> [Candidate] {
    let words: [String] =
      switch (path.first, path.last) {
      case ("parameters", "type"): ["bool", "int", "float", "string", "choice", "list"]
      case ("parameters", "role"): ["semantic", "horizon", "resource"]
      case ("inputs", "kinds"), ("outputs", "kind"), ("outputs", "member"):
        vocabulary.stages.values.kinds.map(\.name).sorted()
      case ("inputs", "required"), ("inputs", "text"), ("inputs", "several"), ("parallel", _): ["true", "false"]
      case ("inputs", "accepts"): ["failures"]
      case ("inputs", "as"): InputForm.allCases.map(\.rawValue)
      case ("outputs", "layout"): ["file", "tree"]
      case ("command", _): StageFile.places.map { "'{\($0)}'" }
      default: []
      }
    return words.map { Candidate($0, .constant) }
  }
}
