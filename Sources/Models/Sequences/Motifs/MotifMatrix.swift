import Glibc

/// Counts of letters at the positions of aligned sites.
package struct MotifMatrix: Hashable, Sendable {
  /// The letters that are counted.
  package let letters: [UInt8]
  /// (positions, letters): how often each letter is at each position; other letters are not counted.
  package private(set) var counts: [[Int]]

  /// Requires a row of counts for each position, a count for each letter.
  package init(letters: [UInt8], counts: [[Int]]) { (self.letters, self.counts) = (letters, counts) }

  /// The counts of sites of one length.
  package init(letters: [UInt8], sites: [ArraySlice<UInt8>]) {
    self.letters = letters
    counts = [[Int]](
      repeating: [Int](repeating: 0, count: letters.count), count: sites.first?.count ?? 0)
    for site in sites {
      for (position, letter) in site.enumerated() {
        if let number = letters.firstIndex(of: letter) { counts[position][number] += 1 }
      }
    }
  }

  /// Positions.
  package var length: Int { counts.count }
  /// The most letters that one position has counted.
  package var sites: Int { counts.map { $0.reduce(0, +) }.max() ?? 0 }

  /// (positions, letters): the heights of a sequence logo in bits, f R with R = log2 s - (H + e), at least 0, of the
  /// frequency f of a letter, the entropy H of its position and e = (s - 1) / (2 n ln 2), which corrects for n sites of
  /// s letters (Schneider and Stephens 1990, Nucleic Acids Res. 18:6097).
  package var heights: [[Double]] {
    counts.map { column in
      let n = Double(column.reduce(0, +))
      guard n > 0 else { return column.map { _ in 0 } }
      let frequencies = column.map { Double($0) / n }
      let entropy = frequencies.reduce(0) { $0 - ($1 > 0 ? $1 * log2($1) : 0) }
      let correction = Double(letters.count - 1) / (2 * n * log(2))
      let bits = max(0, log2(Double(letters.count)) - entropy - correction)
      return frequencies.map { $0 * bits }
    }
  }

  /// Bits of all positions together.
  package var information: Double { heights.joined().reduce(0, +) }

  /// The most frequent letter of each position, in lower case where it has less than half of the counts.
  package var consensus: String {
    String(
      decoding: counts.map { column -> UInt8 in
        let best = column.indices.max { (column[$0], -$0) < (column[$1], -$1) } ?? 0
        let isMost = 2 * column[best] >= column.reduce(0, +)
        return isMost ? letters[best] : letters[best] | 0x20
      }, as: UTF8.self)
  }

  /// By position and letter, the binary logarithm of its frequency over that of the background, where every letter has
  /// one count more in all, parted as the background is.
  func scores(_ background: [Double]) -> [[Double]] {
    counts.map { column in
      let n = Double(column.reduce(0, +))
      return column.indices.map { log2((Double(column[$0]) + background[$0]) / (n + 1) / background[$0]) }
    }
  }
}

extension MotifMatrix {
  /// The matrix in the layout of JASPAR: `>NAME TEXT`, then a line for each letter, `A [ 3 0 1 ]`.
  package func jaspar(_ name: String, _ text: String) -> String {
    let width = counts.joined().reduce(1) { max($0, String($1).count) }
    let rows = letters.indices.map { letter in
      let cells = counts.map { column in
        let digits = String(column[letter])
        return String(repeating: " ", count: width - digits.count) + digits
      }
      return "\(Character(Unicode.Scalar(letters[letter])))  [ \(cells.joined(separator: " ")) ]"
    }
    return ([">\(name)\t\(text)"] + rows).joined(separator: "\n") + "\n"
  }

  /// The matrices of such a text, with names and texts; nil where it is another.
  package static func parse(jaspar text: String) -> [(name: String, text: String, matrix: MotifMatrix)]? {
    var result: [(name: String, text: String, letters: [UInt8], rows: [[Int]])] = []
    for line in text.split(separator: "\n") {
      if line.first == ">" {
        let parts = line.dropFirst().split(separator: "\t", maxSplits: 1).map(String.init)
        result.append((parts.first ?? "", parts.count > 1 ? parts[1] : "", [], []))
        continue
      }
      let cells = line.split(separator: " ")
      let numbers = cells.dropFirst().compactMap { Int($0) }
      guard !result.isEmpty, let letter = cells.first?.utf8.first, cells.count >= 3, numbers.count == cells.count - 3
      else { return nil }
      result[result.count - 1].letters.append(letter)
      result[result.count - 1].rows.append(numbers)
    }
    guard result.allSatisfy({ motif in motif.rows.allSatisfy { $0.count == motif.rows[0].count } }) else { return nil }
    return result.map { motif in
      let length = motif.rows.first?.count ?? 0
      let counts = (0..<length).map { position in motif.rows.map { $0[position] } }
      return (motif.name, motif.text, MotifMatrix(letters: motif.letters, counts: counts))
    }
  }
}
