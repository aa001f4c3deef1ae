package import Audits
package import Inputs

extension LinearTask {
  /// A task as a linear model sees it; nil for labels of letters.
  package init?(_ task: TaskSplits) { self.init(task.kind, classes: task.classes, train: task.train) }
}
