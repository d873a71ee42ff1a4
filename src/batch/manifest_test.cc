#include "batch/manifest.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "document/source.h"
#include "format/test_support.h"
#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

class ManifestTest : public FolderTest {
 protected:
  void touch(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    write(name, "x");
  }

  Manifest gather(std::vector<std::string> names, const std::string& list = "",
                  const std::string& leave_out = "") const {
    for (std::string& name : names) name = path(name);
    auto manifest = make_manifest({names, list, leave_out});
    EXPECT_TRUE(manifest) << manifest.status().message();
    return manifest ? *std::move(manifest) : Manifest();
  }

  static std::string keys(const Manifest& manifest) {
    std::string all;
    for (const Document& document : manifest.documents) all += document.key + " ";
    return all;
  }
  static std::string names(const Manifest& manifest) {
    std::string all;
    for (const Document& document : manifest.documents) all += document.name + " ";
    return all;
  }
};

TEST_F(ManifestTest, AFolderIsWalkedInTheOrderOfItsPaths) {
  for (const char* name : {"p/b.pdf", "p/a.PNG", "p/c/d.jpeg", "p/c/.hidden.pdf", "p/.git/e.pdf",
                           "p/notes.docx", "p/more.docx", "p/out/f.png"}) {
    touch(name);
  }
  fs::create_directory_symlink(path("p"), path("p/again"));
  const Manifest manifest = gather({"p"}, "", path("p/out"));
  EXPECT_EQ(keys(manifest), "a.PNG b.pdf c/d.jpeg ");
  EXPECT_EQ(names(manifest), "a b c/d ");
  ASSERT_EQ(manifest.remarks.size(), 3u) << "what is left out is said, once for each ending";
  EXPECT_NE(manifest.remarks[0].find("2 files '.docx'"), std::string::npos);
  EXPECT_NE(manifest.remarks[1].find("2 hidden"), std::string::npos);
  EXPECT_NE(manifest.remarks[2].find("1 links to folders"), std::string::npos);
}

// What is called like a document ends in a status, whatever it is.
TEST_F(ManifestTest, LinksPipesAndSocketsAreNotPassedOver) {
  touch("p/good.png");
  fs::create_symlink("nowhere", path("p/dangling.pdf"));
  fs::create_symlink("loop.pdf", path("p/loop.pdf"));
  ASSERT_EQ(::mkfifo(path("p/pipe.pdf").c_str(), 0600), 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path("p/s.jpg");
  ASSERT_LT(name.size(), sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const Manifest manifest = gather({"p"});
  ::close(listener);
  EXPECT_EQ(keys(manifest), "dangling.pdf good.png loop.pdf pipe.pdf s.jpg ");
  for (const Document& document : manifest.documents) {
    if (document.key == "good.png") continue;
    const auto opened = open_document(document.path);  // and it does not wait
    ASSERT_FALSE(opened) << document.path;
    EXPECT_NE(opened.status().message().find(document.path), std::string::npos);
  }
}

TEST_F(ManifestTest, AFolderThatMayNotBeOpenedIsNotPassedOver) {
  touch("p/good.png");
  touch("p/locked/inside.png");
  fs::permissions(folder_, fs::perms::all);
  fs::permissions(path("p/locked"), fs::perms::none);
  const pid_t child = ::fork();  // root may open everything
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    const auto manifest = make_manifest({{path("p")}, "", ""});
    const bool said =
        manifest && keys(*manifest) == "good.png locked " &&
        open_document(path("p/locked")).status().message().find("may not be opened") !=
            std::string::npos;
    ::_exit(said ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  fs::permissions(path("p/locked"), fs::perms::all);
  EXPECT_EQ(status, 0);
}

TEST_F(ManifestTest, ArgumentsKeepTheirOrderAndDoublesAreReadOnce) {
  for (const char* name : {"p/a.pdf", "p/b.pdf", "q/a.pdf"}) touch(name);
  fs::create_symlink(path("p/a.pdf"), path("q/link.pdf"));
  const Manifest manifest = gather({"q/a.pdf", "p", "p/./b.pdf", "q/link.pdf", "p/*.pdf"});
  EXPECT_EQ(keys(manifest), "q/a.pdf p/a.pdf p/b.pdf ");
  EXPECT_EQ(manifest.remarks.size(), 4u) << "b.pdf, the link, and both of the pattern";
}

TEST_F(ManifestTest, NamesOfOutputsAreNeverTheSame) {
  for (const char* name : {"a.pdf", "a.png", "b.pdf", "c.pdf", "c.pdf.tif", "d/a.pdf"}) touch(name);
  EXPECT_EQ(names(gather({"."})), "a.pdf a.png b c c.pdf.tif d/a ");
  EXPECT_EQ(names(gather({"d/a.pdf"})), "a ");
  const std::string long_name = std::string(120, 'x') + "\u00e9\u00e9" + std::string(110, 'y');
  touch(long_name + ".pdf");
  touch(long_name + "z.pdf");
  const Manifest manifest = gather({long_name + ".pdf", long_name + "z.pdf"});
  for (const Document& document : manifest.documents) {
    EXPECT_LE(document.name.size(), 201u);
    EXPECT_EQ(valid_prefix(document.name), document.name.size()) << "no half a character";
  }
  EXPECT_NE(manifest.documents[0].name, manifest.documents[1].name);
}

TEST_F(ManifestTest, ListsHoldPathsOfAnyBytes) {
  const std::string strange = "caf\xe9 [1]*.pdf", lines = "two\nlines.pdf";
  touch("p/plain.pdf");
  touch("p/" + strange);
  touch("p/" + lines);
  write("list", path("p/plain.pdf") + "\r\n\n" + path("p/" + strange) + "\n" + path("p/gone.pdf"));
  EXPECT_EQ(keys(gather({}, path("list"))), "plain.pdf caf%E9%20%5B1%5D%2A.pdf gone.pdf ");
  const std::string zeros = path("p/" + lines) + '\0' + path("p/plain.pdf") + '\0';
  write("zeros", zeros);
  EXPECT_EQ(keys(gather({}, path("zeros"))), "two%0Alines.pdf plain.pdf ");
}

TEST_F(ManifestTest, AChangedFileIsAnotherDocument) {
  touch("a.pdf");
  const std::string before = gather({"a.pdf"}).documents[0].stamp;
  EXPECT_EQ(gather({"a.pdf"}).documents[0].stamp, before);
  write("a.pdf", "longer");
  EXPECT_NE(gather({"a.pdf"}).documents[0].stamp, before);
  EXPECT_EQ(gather({"gone.pdf"}).documents[0].stamp, "absent");
}

TEST_F(ManifestTest, ErrorsNameWhatIsWrong) {
  EXPECT_FALSE(make_manifest({{}, "", ""}));
  EXPECT_NE(make_manifest({{path("*.pdf")}, "", ""}).status().message().find("*.pdf"),
            std::string::npos);
  EXPECT_EQ(make_manifest({{}, path("no-list"), ""}).status().code(), Code::kNotFound);
  fs::create_directories(path("empty"));
  EXPECT_FALSE(make_manifest({{path("empty")}, "", ""}));
}

}  // namespace
}  // namespace quire
