/// A unit in which the length of a training is stated: a number of its steps.
package struct CourseUnit: Hashable, Sendable {
  package let name: String
  package let steps: Int

  package init(_ name: String, steps: Int) {
    precondition(steps > 0, "a unit of \(steps) steps")
    self.name = name
    self.steps = steps
  }

  /// The unit of a course whose length is a number of steps.
  package static let step = CourseUnit("step", steps: 1)
}
