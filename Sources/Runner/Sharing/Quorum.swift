/// A group of labs of which several must claim the same result of a step before the claim of one of them counts.
package struct Quorum: Hashable, Sendable {
  package let name: String
  package let labs: Set<String>
  package let need: Int

  package init(_ name: String, labs: Set<String>, need: Int) { (self.name, self.labs, self.need) = (name, labs, need) }
}
