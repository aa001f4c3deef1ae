/// The step stopped because it was asked to; its newest segment holds its work so far.
package struct Interrupted: Error {
  package init() {}
}
