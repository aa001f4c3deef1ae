import Testing

@Test func placeholderRankings() {}
