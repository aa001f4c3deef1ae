import Wording

extension SearchSpace {
  /// Width vectors of one depth that are enumerated to see how many architectures there are.
  private static let surveyLimit = 1 << 13

  /// Problems of this declaration, and those that reducing it would find, as far as a few milliseconds tell.
  package func surveyed() -> [SpaceFinding] {
    guard findings.isEmpty, count > 0 else { return findings.isEmpty ? clashes : findings }
    var available = 0
    for depth in depths.sorted() {
      do throws(SpaceFinding) {
        let bound = try mostPaths(of: depth)
        available = available.addingReportingOverflow(bound).overflow ? .max : available + bound
      } catch { return [error] }
    }
    return available < count ? [.tooFew(wanted: count, available: available)] : []
  }

  /// Written architectures whose ids are the same.
  private var clashes: [SpaceFinding] {
    let ids = Dictionary(grouping: Set(written), by: \.id)
    return ids.filter { $0.value.count > 1 }.keys.sorted { $0.precedesInBytes($1) }.prefix(1).map { .sameID($0) }
  }

  /// The number of paths of one depth within the distance and the order of widths, without the bound on parameters;
  /// or an upper bound of it where there are many.
  private func mostPaths(of depth: Int) throws(SpaceFinding) -> Int {
    let size = try size(of: depth)
    guard size.listed <= Self.surveyLimit else {
      let most = size.paths.multipliedReportingOverflow(by: size.listed)
      return most.overflow ? .max : most.partialValue
    }
    return WidthVectors(depth: depth, space: self).vectors.count * size.paths
  }
}
