import Randomness
import Sequences
import Testing

@testable import SequenceProfiles

private func random(_ count: Int, seed: Int, letters: String = "ACGT") -> [UInt8] {
  let (random, letters) = (Philox(seed: seed, stream: .synthesis), Array(letters.utf8))
  return (0..<count).map { letters[random.integer(below: letters.count, $0)] }
}

private func text(_ letters: some Collection<UInt8>) -> String { String(decoding: Array(letters), as: UTF8.self) }

@Suite struct SequenceProfileTests {
  @Test(arguments: [1, 2, 3, 6]) func `spectra count every word of known letters`(k: Int) {
    var sequence = random(2000, seed: k)
    for place in [3, 70, 71, 900] { sequence[place] = UInt8(ascii: "N") }
    var spectrum = KmerSpectrum(.dna, k: k)
    spectrum.add(sequence)
    var counts: [String: Int] = [:]
    for start in 0...(sequence.count - k) { counts[text(sequence[start..<start + k]), default: 0] += 1 }
    let words = (0..<(1 << (2 * k))).map { word in
      text((0..<k).reversed().map { Array("ACGT".utf8)[word >> (2 * $0) & 3] })
    }
    #expect(spectrum.counts == words.map { counts[$0] ?? 0 })
  }

  @Test func `divergences are those of scipy`() throws {
    let values = [
      KmerSpectrum.divergence([1, 2, 3, 4], [4, 3, 2, 1]), KmerSpectrum.divergence([5, 0, 1], [0, 2, 7]),
      KmerSpectrum.divergence([1, 0], [0, 9]), KmerSpectrum.divergence([2, 3], [20, 30]),
    ].map { $0 ?? .nan }
    for (value, expected) in zip(values, [0.15356065532898452, 0.68252744749206, 1, 0]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(KmerSpectrum.divergence([0, 0], [1, 2]) == nil)
  }

  @Test(arguments: 0..<6) func `frames are those of every start, the longest for each stop`(seed: Int) {
    let sequence = random(3000, seed: seed, letters: seed < 3 ? "ACGT" : "ACGGCCGT")
    var expected: Set<OpenReadingFrame> = []
    for isReverse in [false, true] {
      let strand = isReverse ? Complement.reversed(sequence) : sequence
      let codon = { (place: Int) in text(strand[place..<place + 3]) }
      var byStop: [Int: Int] = [:]
      for start in 0...strand.count - 3 where OpenReadingFrame.starts.contains(codon(start)) {
        var place = start
        while place + 3 <= strand.count, !OpenReadingFrame.stops.contains(codon(place)) { place += 3 }
        if place + 3 <= strand.count { byStop[place] = min(byStop[place] ?? .max, start) }
      }
      for (stop, start) in byStop where (stop - start) / 3 >= 12 {
        expected.insert(
          OpenReadingFrame(
            start: start, codons: (stop - start) / 3, isReverse: isReverse,
            startCodon: OpenReadingFrame.starts.firstIndex(of: codon(start))!,
            stopCodon: OpenReadingFrame.stops.firstIndex(of: codon(stop))!))
      }
    }
    let found = OpenReadingFrame.all(in: sequence, minimum: 12)
    #expect(Set(found) == expected && found.count == expected.count && found.count > 10)
  }

  @Test func `repeats are letters of words that occur twice, on either strand`() {
    let word = random(25, seed: 9)
    var sequence = random(200, seed: 1) + word + random(100, seed: 2) + Complement.reversed(word) + random(50, seed: 3)
    #expect(SequenceProfile.repeatedLetters(sequence, PackedWords(.dna, length: 20)) == 50)
    sequence[210] = UInt8(ascii: "N")
    #expect(SequenceProfile.repeatedLetters(sequence, PackedWords(.dna, length: 20)) == 0)
    let protein = Array("MKTAYIAKQRWWWWWGGGGGMKTAYIAKQRD".utf8)
    #expect(SequenceProfile.repeatedLetters(protein, PackedWords(.protein, length: 8)) == 20)
  }

  @Test func `copies are words that occur in other sequences`() {
    let training = random(5000, seed: 4)
    let sequences = [
      random(300, seed: 5), random(40, seed: 6) + training[1000..<1100] + random(40, seed: 7),
      Complement.reversed(Array(training[200..<240])),
    ]
    var copies = Copies(sequences, .dna)
    #expect(copies.result.found == 0)
    copies.look(in: random(1000, seed: 8))
    copies.look(in: training)
    // 69 words of the second, 9 of the third; letters beside may go on by chance.
    #expect(copies.result.words == 269 + 149 + 9)
    #expect((78...80).contains(copies.result.found) && (100...102).contains(copies.result.longest))
  }

  @Test func `windows of one word are simple, random ones are not`() {
    #expect(SequenceProfile.score(Array(repeating: UInt8(ascii: "A"), count: 64)[...]) == 62.0 * 61 / 2 / 61)
    #expect(SequenceProfile.score(random(64, seed: 1)[...]) < 2)
    var profile = SequenceProfile(.dna)
    profile.add(random(640, seed: 2) + Array(repeating: UInt8(ascii: "T"), count: 64))
    #expect(profile.windows == 11 && profile.simpleWindows == 1)
  }

  @Test func `codons are counted from the first letter on, known ones alone`() {
    let usage = CodonUsage(Array("ATGAAAAAANNNTGAC".utf8))
    #expect(usage.count == 4 && usage.shares[0] == 0.5 && usage.shares[14] == 0.25 && usage.shares[56] == 0.25)
    #expect(CodonUsage(Array("AC".utf8)).count == 0)
  }

  @Test func `a reference counts words and codons as any group`() {
    let sequences = (0..<4).map { random(3000, seed: 20 + $0) }
    var (whole, reference) = (SequenceProfile(.dna), SequenceProfile(.dna, isReference: true))
    for sequence in sequences {
      whole.add(sequence)
      reference.add(sequence)
    }
    #expect(whole.spectra.map(\.counts) == reference.spectra.map(\.counts))
    #expect(whole.frames.usage == reference.frames.usage && whole.letters == reference.letters)
  }

  @Test func `ribosome sites are looked for before a start alone`() {
    let site = { (distance: Int) in
      let strand = random(30, seed: 3, letters: "CT") + Array("GGAG".utf8) + random(distance, seed: 4, letters: "CT")
      return SequenceProfile.hasRibosomeSite(strand, before: strand.count)
    }
    #expect((0...20).filter(site) == Array(4...13))
  }
}
