import Artifacts
import Syntax

/// The words of the file of a stage.
enum StageFileWords {
  static func keys(_ path: [String]) -> [Candidate] {
    StageFile.keys(at: path).map { Candidate($0, .property, help: help(path, $0) ?? "") }
  }

  /// The meaning of a key of the map at a path, or of a word that stands as a value there; nil for names.
  static func help(_ path: [String], _ word: String) -> String? {
    switch (path.first, path.count) {
    case (nil, _): top[word]
    case ("parameters", 2): parameters[word]
    case ("inputs", 2): inputs[word]
    case ("outputs", 2): outputs[word]
    case ("command", _): places[word]
    default: path.count == 3 ? values["\(path[2]) \(word)"] : nil
    }
  }

  private static let top = [
    "name": "The name of the stage, which is that of the file.",
    "version": "The behaviour version, in the key: raise it when results change for a reason that no key shows.",
    "summary": "A sentence that says what the stage does.",
    "parameters": "The parameters, by name.",
    "inputs": "The ports that it reads, by name.",
    "outputs": "The ports that it writes, by name.",
    "parallel": "Whether one step can use several cores.",
    "example": "An entry of `stages` that uses it.",
    "command": "The program and its arguments; no shell is between. It is in the key.",
    "code": "Files and folders that the command needs, beside this file: their content is in the key.",
    "environment": "Variables that the command may see: their names are in the key, their values are not.",
  ]
  private static let parameters = [
    "type": "The type of its values.",
    "choices": "The words that a choice takes.",
    "minimum": "The smallest value.",
    "maximum": "The largest value.",
    "items": "The type of the elements of a list.",
    "default": "The value where a pipeline states none; without it, a pipeline must.",
    "neutral": "The value that stands for the parameter not being there: it is not in the key.",
    "unit": "The unit of its values, in words.",
    "role": "Its part in keys.",
    "onset": "The parameter that says from when on this one has an effect on a training.",
    "help": "A sentence that says what it means.",
  ]
  private static let inputs = [
    "kinds": "The kinds of artifacts that it reads: any one of these.",
    "required": "Whether it must be bound.",
    "alternative": "Another port: one of the two must be bound, and not both.",
    "roles": "The roles by which it gathers the items of axes (`over`).",
    "accepts": "`failures`: items whose steps failed are gathered as failures.",
    "text": "Whether a text may stand for a file of that one line.",
    "several": "Whether it may be bound to a list.",
    "as": "The form in which the command is given it.",
    "help": "A sentence that says what it is for.",
  ]
  private static let outputs = [
    "kind": "The kind of what it writes; a kind may be your own.",
    "layout": "A file, or a folder of files.",
    "member": "The kind of each file of a folder that is a collection: an axis may go over them.",
    "help": "A sentence that says what it is.",
  ]
  private static let places = [
    "code": "The folder with the files of `code`.",
    "step": "The file `step.json`: parameters, inputs, outputs and threads.",
    "inputs": "The folder with what the ports are bound to, each by the name of its port.",
    "outputs": "The folder into which each output is written, by the name of its port.",
    "threads": "The cores that the step was granted.",
  ]
  private static let values = [
    "role semantic": "It is in the key.",
    "role horizon": "It says how far a training goes: in the key, and not in those of its parts.",
    "role resource": "It changes no result and is in no key.",
    "type bool": "true or false.",
    "type int": "A whole number.",
    "type float": "A number.",
    "type string": "A text.",
    "type choice": "One of the words of `choices`.",
    "type list": "A list of values of the type that `items` states.",
    "layout file": "One file.",
    "layout tree": "A flat folder of files.",
    "as table": "A task as the tables train.tsv, dev.tsv, test.tsv and classes.tsv.",
  ]

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
