using System.Globalization;
using System.Text;

namespace AccessGov.TransparencyLog.Tests;

public sealed class TreeTests
{
    /// <summary>The leaves that implementations of RFC 6962 have shared as test data since the first, and the root over the first n of them.</summary>
    private static readonly (string Leaf, string Root)[] Published =
    [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];

    [Fact]
    public void Roots_are_those_that_others_published()
    {
        var edge = new TreeEdge();
        edge.Root().ShouldBe(TreeHash.FromBytes(Convert.FromHexString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")));
        foreach ((string leaf, string root) in Published)
        {
            edge.Append(TreeHash.OfLeaf(Convert.FromHexString(leaf)));
            edge.Root().ShouldBe(TreeHash.FromBytes(Convert.FromHexString(root)));
        }
    }

    [Fact]
    public void Every_root_and_every_proof_of_small_trees_is_the_defined_one()
    {
        const int SizeMax = 70;
        TreeHash[] leaves = Leaves(SizeMax);
        for (int size = 1; size <= SizeMax; size++)
        {
            var tree = new TileTree(MemoryTiles.Of(Entries(size)), size);
            TreeHash root = DefinedTree.Root(leaves.AsSpan(0, size));
            tree.Root().ShouldBe(root);
            for (int i = 0; i < size; i++)
            {
                TreeHash[] proof = [.. tree.InclusionProof(i)];
                proof.ShouldBe(DefinedTree.Path(i, leaves.AsSpan(0, size)));
                MerkleProof.ShowsInclusion(i, size, leaves[i], proof, root).ShouldBeTrue();
            }

            for (int earlier = 1; earlier <= size; earlier++)
            {
                TreeHash[] proof = [.. tree.ConsistencyProof(earlier)];
                proof.ShouldBe(DefinedTree.Consistency(earlier, leaves.AsSpan(0, size)));
                MerkleProof.ShowsConsistency(earlier, size, proof, DefinedTree.Root(leaves.AsSpan(0, earlier)), root).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(70_000)]
    public void Trees_of_several_tiles_have_the_defined_root_and_proofs(int size)
    {
        TreeHash[] leaves = Leaves(size);
        MemoryTiles tiles = MemoryTiles.Of(Entries(size));
        var tree = new TileTree(tiles, size);
        TreeHash root = DefinedTree.Root(leaves);
        tree.Root().ShouldBe(root);
        TreeEdge.Open(size, tiles).Root().ShouldBe(root);
        foreach (int i in new[] { 0, 1, 254, 255, 256, size / 2, size - 1 }.Where(i => i < size))
        {
            TreeHash[] proof = [.. tree.InclusionProof(i)];
            proof.ShouldBe(DefinedTree.Path(i, leaves));
            MerkleProof.ShowsInclusion(i, size, leaves[i], proof, root).ShouldBeTrue();
            TreeHash[] consistency = [.. tree.ConsistencyProof(i + 1)];
            MerkleProof.ShowsConsistency(i + 1, size, consistency, DefinedTree.Root(leaves.AsSpan(0, i + 1)), root).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_log_has_the_files_that_its_size_asks_for()
    {
        // The example of c2sp.org/tlog-tiles: 273 full tiles of leaves and one of 112, one full tile above and one of 17, one of 1 on top.
        MemoryTiles.Of(Entries(70_000)).Files.Keys.Where(path => !path.StartsWith("tile/entries/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(
            Enumerable.Range(0, 273).Select(i => string.Create(CultureInfo.InvariantCulture, $"tile/0/{i:000}"))
                .Concat(["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0, 1234067, 256, "tile/0/x001/x234/067")]
    [InlineData(3, 999, 7, "tile/3/999.p/7")]
    [InlineData(1, 1000, 256, "tile/1/x001/000")]
    [InlineData(Tile.EntriesLevel, 5, 255, "tile/entries/005.p/255")]
    public void Tiles_have_the_paths_of_the_format(int level, long index, int width, string path) => new Tile(level, index, width).Path.ShouldBe(path);

    [Fact]
    public void A_tree_goes_on_from_its_tiles_as_if_it_had_never_stopped()
    {
        TreeHash[] leaves = Leaves(1_000);
        foreach (int stop in new[] { 0, 1, 255, 256, 300, 512, 999 })
        {
            var edge = TreeEdge.Open(stop, MemoryTiles.Of(Entries(stop)));
            foreach (TreeHash leaf in leaves.AsSpan(stop))
            {
                edge.Append(leaf);
            }

            edge.Root().ShouldBe(DefinedTree.Root(leaves));
        }
    }

    [Fact]
    public void No_changed_proof_is_believed()
    {
        const int Size = 37;
        TreeHash[] leaves = Leaves(Size);
        var tree = new TileTree(MemoryTiles.Of(Entries(Size)), Size);
        TreeHash root = tree.Root();
        TreeHash wrong = TreeHash.OfLeaf("wrong"u8);
        for (int i = 0; i < Size; i++)
        {
            TreeHash[] proof = [.. tree.InclusionProof(i)];
            MerkleProof.ShowsInclusion(i, Size, wrong, proof, root).ShouldBeFalse();
            MerkleProof.ShowsInclusion(i, Size, leaves[i], proof, wrong).ShouldBeFalse();
            MerkleProof.ShowsInclusion(i, Size, leaves[i], [.. proof, wrong], root).ShouldBeFalse();
            MerkleProof.ShowsInclusion(i, Size, leaves[i], proof.AsSpan(1), root).ShouldBeFalse();
            MerkleProof.ShowsInclusion(i == 0 ? 1 : i - 1, Size, leaves[i], proof, root).ShouldBeFalse();
            MerkleProof.ShowsInclusion(-1, Size, leaves[i], proof, root).ShouldBeFalse();
            MerkleProof.ShowsInclusion(Size, Size, leaves[i], proof, root).ShouldBeFalse();
            foreach (int place in Enumerable.Range(0, proof.Length))
            {
                MerkleProof.ShowsInclusion(i, Size, leaves[i], [.. proof.Take(place), wrong, .. proof.Skip(place + 1)], root).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void No_log_that_forgot_or_changed_something_is_consistent()
    {
        const int Size = 37;
        TreeHash[] leaves = Leaves(Size);
        var tree = new TileTree(MemoryTiles.Of(Entries(Size)), Size);
        TreeHash root = tree.Root();
        TreeHash wrong = TreeHash.OfLeaf("wrong"u8);
        for (int earlier = 1; earlier < Size; earlier++)
        {
            TreeHash[] proof = [.. tree.ConsistencyProof(earlier)];
            TreeHash before = DefinedTree.Root(leaves.AsSpan(0, earlier));
            MerkleProof.ShowsConsistency(earlier, Size, proof, wrong, root).ShouldBeFalse();
            MerkleProof.ShowsConsistency(earlier, Size, proof, before, wrong).ShouldBeFalse();
            MerkleProof.ShowsConsistency(earlier, Size, [.. proof, wrong], before, root).ShouldBeFalse();
            MerkleProof.ShowsConsistency(earlier, Size, proof.AsSpan(1), before, root).ShouldBeFalse();
            MerkleProof.ShowsConsistency(earlier, Size, [], before, root).ShouldBeFalse();
            foreach (int place in Enumerable.Range(0, proof.Length))
            {
                MerkleProof.ShowsConsistency(earlier, Size, [.. proof.Take(place), wrong, .. proof.Skip(place + 1)], before, root).ShouldBeFalse();
            }
        }

        MerkleProof.ShowsConsistency(Size, Size, [], root, wrong).ShouldBeFalse();
        MerkleProof.ShowsConsistency(Size, Size, [root], root, root).ShouldBeFalse();
        MerkleProof.ShowsConsistency(Size + 1, Size, [], root, root).ShouldBeFalse();
        MerkleProof.ShowsConsistency(0, Size, [], TreeHash.OfEmptyTree, root).ShouldBeTrue();
        MerkleProof.ShowsConsistency(0, Size, [root], TreeHash.OfEmptyTree, root).ShouldBeFalse();
    }

    [Fact]
    public void A_tile_that_is_cut_off_is_no_tile()
    {
        MemoryTiles tiles = MemoryTiles.Of(Entries(300));
        tiles.Files["tile/0/001.p/44"] = tiles.Files["tile/0/001.p/44"][..^1];
        Should.Throw<FormatException>(() => new TileTree(tiles, 300).Root()).Message.ShouldContain("tile/0/001.p/44");
        Should.Throw<FormatException>(() => TreeEdge.Open(300, tiles));

        MemoryTiles missing = MemoryTiles.Of(Entries(300));
        missing.Files.Remove("tile/0/000");
        Should.Throw<IOException>(() => new TileTree(missing, 300).InclusionProof(7));
    }

    private static byte[][] Entries(int count) => [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry {i}")))];

    private static TreeHash[] Leaves(int count) => [.. Entries(count).Select(entry => TreeHash.OfLeaf(entry))];
}
