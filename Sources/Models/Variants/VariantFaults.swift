/// How many variants are left out, by the reason.
package struct VariantFaults: Hashable, Sendable {
  /// By reason, the number and the name of the first.
  package private(set) var all: [VariantFault: (Int, first: String)] = [:]

  package init() {}

  package mutating func add(_ fault: VariantFault, _ name: String) {
    all[fault] = all[fault].map { ($0.0 + 1, $0.first) } ?? (1, name)
  }

  package var count: Int { all.values.reduce(0) { $0 + $1.0 } }

  /// A line for each reason, in the order of the reasons.
  package var lines: [String] {
    VariantFault.allCases.compactMap { fault in
      all[fault].map { count, first in "variants left out that \(fault.words): \(count), the first `\(first)`" }
    }
  }

  package static func == (a: Self, b: Self) -> Bool { a.lines == b.lines }
  package func hash(into hasher: inout Hasher) { hasher.combine(lines) }
}
