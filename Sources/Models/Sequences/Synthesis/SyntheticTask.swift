/// A labelled set of synthetic sequences with the truth about each.
package struct SyntheticTask: Hashable, Sendable {
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
    /// 1 for a positive, 0 for a negative; flipped where the noise says so.
    package let label: Int
    /// The label before noise: whether its motifs are those of a promoter, or belong to each other.
    package let isPositive: Bool
    /// Letters A, C, G, T.
    package let sequence: String
    /// By start.
    package let sites: [Site]
    /// A label for each letter, or `.` where there is none; nil where the record has one label.
    package var letters: String?
  }

  /// Bases before the transcription start site; nil where there is none.
  package let upstream: Int?
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

extension SyntheticTask {
  /// A split in the layout of GUE: a header `sequence,label`, then one record a line.
  package func csv(_ split: Split) -> String {
    self[split].reduce(into: "sequence,label\n") { $0 += "\($1.sequence),\($1.letters ?? "\($1.label)")\n" }
  }

  /// The header of `motifs`.
  private var motifHeader: String {
    "split\trecord\tlabel\trole\tmotif\tstart\tend\t\(upstream == nil ? "" : "tss_offset\t")strand\tsequence\n"
  }

  /// Every site as tab-separated text: split, record from 0, label, role (motif or decoy), motif, start from 0, end
  /// (exclusive), first base relative to the start site at +1 (no 0) where there is one, strand (always +), sequence.
  package var motifs: String {
    var text = motifHeader
    for split in Split.allCases {
      for (index, record) in self[split].enumerated() {
        for site in record.sites {
          let offset = upstream.map { site.start - $0 + (site.start >= $0 ? 1 : 0) }
          let end = site.start + site.sequence.utf8.count
          var fields = [
            split.rawValue, "\(index)", record.letters == nil ? "\(record.label)" : ".", site.role.rawValue, site.motif,
            "\(site.start)", "\(end)",
          ]
          if let offset { fields.append(offset > 0 ? "+\(offset)" : "\(offset)") }
          fields += ["+", site.sequence]
          text += fields.joined(separator: "\t") + "\n"
        }
      }
    }
    return text
  }
}
