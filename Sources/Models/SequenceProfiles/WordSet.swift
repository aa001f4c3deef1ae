/// Words of sequences, each once, that are looked up by their numbers.
package struct WordSet: Sendable {
  package let words: PackedWords
  /// Ascending.
  private var numbers: [UInt64] = []

  package init(_ words: PackedWords) { self.words = words }

  /// Adds the words of sequences.
  package mutating func add(_ sequences: some Sequence<[UInt8]>) {
    for sequence in sequences { words.forEach(sequence) { numbers.append($1) } }
    numbers.sort()
    var kept = 0
    for index in numbers.indices where index == 0 || numbers[index] != numbers[kept - 1] {
      numbers[kept] = numbers[index]
      kept += 1
    }
    numbers.removeLast(numbers.count - kept)
  }

  package var count: Int { numbers.count }

  /// The place of a word among all, from 0; nil where it is none of them.
  package func place(of word: UInt64) -> Int? {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < word { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] == word ? low : nil
  }
}
