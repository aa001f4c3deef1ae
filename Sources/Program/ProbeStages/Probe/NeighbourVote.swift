import Arithmetic
import Clustering
import Inputs
import Labelled
import Rankings

/// The labels of a task's training rows, by which the neighbours of a row vote.
///
/// The class with most neighbours is taken; of equally many that whose neighbours are nearest together, then the one
/// with the least number. A row is of each class of a set that most of its neighbours are of, and has the mean of their
/// values.
struct NeighbourVote {
  private let train: [LabelledRecord]
  private let classes: Int
  private let isOfTwo: Bool

  init(_ task: TaskSplits) { (train, classes, isOfTwo) = (task.train, task.classes, task.hasThreshold) }

  /// By training row: rows of one class are as good as each other.
  var rank: [Int] {
    train.indices.map { row in
      if case .number(let number) = train[row].label { number } else { row }
    }
  }

  /// The predictions of records from their neighbours among the training rows.
  func measurable(_ neighbours: [[Neighbour]], _ records: [LabelledRecord]) -> any Measurable {
    switch records.first?.label {
    case .value:
      return Regression(
        predicted: neighbours.map { own in own.reduce(0) { $0 + train[$1.row].value } / Double(own.count) },
        targets: records.map(\.value))
    case .set:
      let logits = neighbours.flatMap { own in
        var votes = [Double](repeating: -Double(own.count) / 2, count: classes)
        for neighbour in own { for member in train[neighbour.row].members { votes[member] += 1 } }
        return votes
      }
      return SetPredictions(logits: logits, labels: records.map(\.members), classes: classes)
    default:
      let tallies = neighbours.map(tally)
      return Predictions(
        labels: records.map(\.number), predicted: tallies.map(\.winner), classes: classes, scores: scores(tallies))
    }
  }

  private struct Votes {
    /// By class that has one, ascending: its neighbours, and the sum of their similarities.
    var classes: [(number: Int, count: Int, similarity: Double)] = []
    var all = 0
    var winner = 0

    func count(_ number: Int) -> Int { classes.first { $0.number == number }?.count ?? 0 }
  }

  private func tally(_ neighbours: [Neighbour]) -> Votes {
    var votes = Votes()
    for neighbour in neighbours {
      let number = train[neighbour.row].number
      if let place = votes.classes.firstIndex(where: { $0.number == number }) {
        votes.classes[place].count += 1
        votes.classes[place].similarity += neighbour.similarity
      } else {
        votes.classes.append((number, 1, neighbour.similarity))
      }
    }
    votes.all = neighbours.count
    votes.winner =
      votes.classes.max {
        ($0.count, $0.similarity, -$0.number) < ($1.count, $1.similarity, -$1.number)
      }?.number ?? 0
    return votes
  }

  /// Columns by which rows are ordered: of two classes the log-odds of the second with a vote more for each, of more
  /// the share of the votes for each; none for too many classes to look at.
  private func scores(_ tallies: [Votes]) -> [[Double]] {
    if isOfTwo {
      return [tallies.map { Elementary.log(Double($0.count(1) + 1) / Double($0.count(0) + 1)) }]
    }
    guard classes <= Predictions.mostMeasured else { return [] }
    return (0..<classes).map { number in tallies.map { Double($0.count(number)) / Double(max(1, $0.all)) } }
  }
}
