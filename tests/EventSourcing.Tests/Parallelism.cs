// A transaction that another test holds open would move the horizon that some broken variants look at, and change what they do.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
