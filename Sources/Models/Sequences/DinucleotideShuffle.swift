package import Randomness

/// Sequences with the same dinucleotides as another, in a random order.
///
/// A sequence is a walk over its letters; each walk that uses the same steps is drawn with the same chance (Altschul
/// and Erickson 1985, "Significance of nucleotide sequence alignments"): the last step from every letter is drawn until
/// all letters lead to the last one, the other steps are put in any order.
package enum DinucleotideShuffle {
  /// A shuffle of `letters`, a pure function of (seed, stream, `item`). First and last letter stay.
  package static func shuffled(_ letters: [UInt8], _ random: Philox, item: Int) -> [UInt8] {
    guard letters.count > 3, let last = letters.last else { return letters }
    var draws = 0
    func draw(below bound: Int) -> Int {
      defer { draws += 1 }
      return random.integer(below: bound, item, draws)
    }
    var steps = [[UInt8]](repeating: [], count: 256)
    for index in 1..<letters.count { steps[Int(letters[index - 1])].append(letters[index]) }
    let used = (0..<256).filter { !steps[$0].isEmpty }
    var final = [Int](repeating: -1, count: 256)
    repeat {
      for letter in used where letter != Int(last) { final[letter] = draw(below: steps[letter].count) }
    } while !used.allSatisfy { leads($0, to: Int(last), steps, final, used.count) }
    for letter in used {
      var order = steps[letter]
      var movable = order.count
      if letter != Int(last) {
        order.swapAt(final[letter], order.count - 1)
        movable -= 1
      }
      for index in stride(from: movable - 1, to: 0, by: -1) { order.swapAt(index, draw(below: index + 1)) }
      steps[letter] = order
    }
    var result: [UInt8] = [letters[0]]
    result.reserveCapacity(letters.count)
    var taken = [Int](repeating: 0, count: 256)
    while result.count < letters.count {
      let letter = Int(result[result.count - 1])
      result.append(steps[letter][taken[letter]])
      taken[letter] += 1
    }
    return result
  }

  /// Whether the last steps from `letter` lead to `last`.
  private static func leads(_ letter: Int, to last: Int, _ steps: [[UInt8]], _ final: [Int], _ limit: Int) -> Bool {
    var letter = letter
    for _ in 0...limit {
      if letter == last { return true }
      letter = Int(steps[letter][final[letter]])
    }
    return false
  }
}
