package struct AddressPattern: Sendable { package func matches(node: String) -> Bool {false}; package func matches(axis: String, id: String) -> Bool {false} }
