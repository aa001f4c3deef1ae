/// A file whose uncompressed content has more bytes than somebody takes.
package struct ContentTooLarge: Error { package init() {} }
