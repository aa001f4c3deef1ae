import Artifacts
import Labelled
import Wording

extension TrainedModel {
  /// The class whose output is meant; nil: of each row its own, or of values. Throws `StageFailure`.
  func chosenClass(_ stated: String) throws -> String? {
    let classes = document.classes
    if stated.isEmpty {
      guard kind != .set else {
        throw StageFailure(code: "no-class", "a row has several classes: 'class' says which one's output is explained")
      }
      return classes.count == 2 ? classes[1] : nil
    }
    guard classes.contains(stated) else {
      let near = nearest(to: stated, in: classes).map { "; did you mean '\($0)'?" } ?? "."
      throw StageFailure(
        code: "no-class",
        classes.isEmpty
          ? "the model predicts values: leave 'class' out"
          : "the model has no class '\(stated)'\(near) It has \(classes.prefix(10).joined(separator: ", "))"
            + (classes.count > 10 ? ", ..." : ""))
    }
    return stated
  }

  /// By output, its weight in the number that is explained: that of a class is how far its logit is ahead of the mean
  /// of the others', of two classes their log-odds; that of a class of sets its logit; that of values themselves.
  func weights(ofClass number: Int?) -> [Float] {
    guard let number else { return [Float(document.deviation ?? 1)] }
    let count = document.classes.count
    return (0..<count).map { index in
      index == number ? 1 : kind == .set ? 0 : -1 / Float(count - 1)
    }
  }

  /// A sequence's output as one number: weights by output, what is added, and its name. Throws `StageFailure`.
  package func output(ofClass stated: String) throws -> (weights: [Float], mean: Double, name: String) {
    let chosen = kind == .letters || document.isPaired ? nil : try chosenClass(stated)
    guard chosen != nil || kind == .value else {
      throw StageFailure(
        code: "no-class", "no one output of a sequence: 'class' states one, and labels of letters or pairs have none")
    }
    let name = chosen.map { "the logit of class \($0) ahead of the others'" } ?? "the predicted value"
    return (weights(ofClass: chosen.flatMap { document.classes.firstIndex(of: $0) }), document.mean ?? 0, name)
  }
}
