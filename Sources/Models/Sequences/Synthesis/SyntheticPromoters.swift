/// A labelled set of synthetic core promoters with the truth about each.
package struct SyntheticPromoters: Hashable, Sendable {
  /// The splits, in their order in every file.
  package enum Split: String, Sendable, Hashable, CaseIterable {
    case train, dev, test
  }

  /// A site in a sequence.
  package struct Site: Hashable, Sendable {
    package let motif: String
    /// The meaning of the site to a classifier.
    package enum Role: String, Sendable, Hashable {
      /// A motif of a positive.
      case motif
      /// The site that a negative has in its stead.
      case decoy
    }
    package let role: Role
    /// Index of the first base, from 0.
    package let start: Int
    /// Letters A, C, G, T, on the strand of the record.
    package let sequence: String
  }

  /// One sequence.
  package struct Record: Hashable, Sendable {
    /// 1 for a promoter, 0 for a negative; flipped where the noise says so.
    package let label: Int
    /// Whether motifs were planted: the label before noise.
    package let isPromoter: Bool
    /// Letters A, C, G, T.
    package let sequence: String
    /// By start.
    package let sites: [Site]
  }

  /// Bases before the transcription start site.
  package let upstream: Int
  package let train: [Record]
  package let dev: [Record]
  package let test: [Record]

  /// The records of a split.
  package subscript(split: Split) -> [Record] {
    switch split {
    case .train: train
    case .dev: dev
    case .test: test
    }
  }
}

extension SyntheticPromoters {
  /// A split in the layout of GUE: a header `sequence,label`, then one record a line.
  package func csv(_ split: Split) -> String {
    self[split].reduce(into: "sequence,label\n") { $0 += "\($1.sequence),\($1.label)\n" }
  }

  /// The header of `motifs`.
  static let motifHeader = "split\trecord\tlabel\trole\tmotif\tstart\tend\ttss_offset\tstrand\tsequence\n"

  /// Every site as tab-separated text: split, record from 0, label, role (motif or decoy), motif, start from 0, end
  /// (exclusive), first base relative to the start site at +1 (no 0), strand (always +), sequence.
  package var motifs: String {
    var text = Self.motifHeader
    for split in Split.allCases {
      for (index, record) in self[split].enumerated() {
        for site in record.sites {
          let offset = site.start - upstream + (site.start >= upstream ? 1 : 0)
          let fields = [
            split.rawValue, "\(index)", "\(record.label)", site.role.rawValue, site.motif, "\(site.start)",
            "\(site.start + site.sequence.utf8.count)", offset > 0 ? "+\(offset)" : "\(offset)", "+", site.sequence,
          ]
          text += fields.joined(separator: "\t") + "\n"
        }
      }
    }
    return text
  }
}
