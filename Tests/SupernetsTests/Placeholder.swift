import Testing

@Test func placeholderSupernets() {}
