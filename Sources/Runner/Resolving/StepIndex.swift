/// One step: an item of a node. For a node whose items are not known yet, item 0 stands for all its steps.
package struct StepIndex: Hashable, Sendable {
  package let node: Int
  package let item: Int
  package init(node: Int, item: Int) {
    self.node = node
    self.item = item
  }
}
