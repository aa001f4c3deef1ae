import Evolution
import SequenceProfiles
import Sequences

/// The artifact `sequence-statistics`: groups of sequences beside each other.
struct StatisticsDocument: Codable {
  let alphabet: String
  /// The sequences in question, real pieces as many and as long, and the first shuffled.
  let groups: [Group]
  /// Letters of the reference, against which distances are.
  let referenceLetters: Int
  /// Real pieces that are shorter than their counterparts, for no record of the reference is as long.
  let shorterPieces: Int

  struct Group: Codable {
    let name: String
    let sequences: Int
    let letters: Int
    let unknown: Int
    let shortest: Int
    let median: Int
    let longest: Int
    /// The mean over sequences of the share of G and C, and the deviation between sequences.
    let gc: Double?
    let gcDeviation: Double?
    /// For k from 1 on, the Jensen-Shannon divergence of k-mers to the reference, in bits; nil without k-mers.
    let distances: [Double?]
    let frames: Frames?
    /// Share of letters in exact repeats within a sequence.
    let repeated: Double
    /// Share of windows of low complexity; nil where no sequence has one.
    let simple: Double?
    let copies: Copied?
    let words: [Word]
  }

  /// A word that was asked for.
  struct Word: Codable {
    let word: String
    /// Share of sequences that have it.
    let share: Double
    /// The place, from 1, at which most sequences have it, the first of several, and their share; nil: none has it.
    let place: Int?
    let shareThere: Double?
  }

  /// Open reading frames.
  struct Frames: Codable {
    /// Frames of at least 30 codons, the median of their codons, and those of the longest.
    let count: Int
    let median: Int
    let longest: Int
    /// Frames of at least 100 codons, and as many by 1,000 letters.
    let long: Int
    let longByKilobase: Double
    /// By power of two from 32 codons on, how many frames are at least so long.
    let longer: [Int]
    /// Shares among those of 100 codons: of start and stop codons in the order of `OpenReadingFrame`, and of frames
    /// behind a word of a Shine-Dalgarno sequence.
    let starts: [Double]
    let stops: [Double]
    let withRibosomeSite: Double
    /// Divergence of codons in frames of 100 codons to the reference's, in bits.
    let usageDistance: Double?
  }

  /// Words that occur in the training sequences.
  struct Copied: Codable {
    let wordLength: Int
    let words: Int
    let share: Double
    /// Letters of the longest stretch whose words all occur.
    let longest: Int
  }
}

extension StatisticsDocument.Group {
  init(
    _ name: String, _ profile: SequenceProfile, beside reference: SequenceProfile, copies: Copies?, wordLength: Int,
    words: [StatisticsDocument.Word]
  ) {
    (self.name, self.words) = (name, words)
    let lengths = profile.lengths.sorted()
    (sequences, letters, unknown) = (lengths.count, profile.letters, profile.unknown)
    (shortest, median, longest) = (
      lengths.first ?? 0, lengths.isEmpty ? 0 : lengths[lengths.count / 2], lengths.last ?? 0
    )
    let count = Double(profile.gc.count)
    let mean = profile.gc.isEmpty ? nil : profile.gc.reduce(0, +) / count
    gc = mean
    gcDeviation = mean.flatMap { mean in
      count < 2
        ? nil : (profile.gc.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    }
    distances = zip(profile.spectra, reference.spectra).map { KmerSpectrum.divergence($0.counts, $1.counts) }
    frames = profile.gc.isEmpty ? nil : StatisticsDocument.Frames(profile, beside: reference)
    repeated = profile.letters == 0 ? 0 : Double(profile.repeated) / Double(profile.letters)
    simple = profile.windows == 0 ? nil : Double(profile.simpleWindows) / Double(profile.windows)
    self.copies = copies.map {
      let result = $0.result
      return StatisticsDocument.Copied(
        wordLength: wordLength, words: result.words,
        share: result.words == 0 ? 0 : Double(result.found) / Double(result.words), longest: result.longest)
    }
  }
}

extension StatisticsDocument.Word {
  init(_ pattern: Pattern, in sequences: [[UInt8]]) {
    word = pattern.text
    let places = sequences.map { pattern.places(in: $0) }
    let count = { (number: Int) in sequences.isEmpty ? 0 : Double(number) / Double(sequences.count) }
    share = count(places.count { !$0.isEmpty })
    var counts: [Int: Int] = [:]
    for place in places.joined() { counts[place, default: 0] += 1 }
    let most = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
    (place, shareThere) = (most.map { $0.key + 1 }, most.map { count($0.value) })
  }
}

extension StatisticsDocument.Frames {
  init(_ profile: SequenceProfile, beside reference: SequenceProfile) {
    let (frames, codons) = (profile.frames, profile.frames.codons.sorted())
    let share = { (count: Int) in frames.long == 0 ? 0 : Double(count) / Double(frames.long) }
    (count, long) = (codons.count, frames.long)
    (median, longest) = (codons.isEmpty ? 0 : codons[codons.count / 2], codons.last ?? 0)
    longByKilobase = profile.letters == 0 ? 0 : 1000 * Double(frames.long) / Double(profile.letters)
    longer = (5...11).map { power in codons.count { $0 >= 1 << power } }
    (starts, stops, withRibosomeSite) = (
      frames.starts.map(share), frames.stops.map(share), share(frames.withRibosomeSite)
    )
    usageDistance = KmerSpectrum.divergence(frames.usage.counts, reference.frames.usage.counts)
  }
}
