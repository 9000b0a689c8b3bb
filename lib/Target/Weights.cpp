//===- Weights.cpp - weights as raw bytes in an object --------------------===//

#include "tenon/Target/Weights.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

uint64_t WeightImage::append(ArrayRef<char> bytes) {
  uint64_t offset = alignTo(imageSize, kWeightAlignment);
  blobs.push_back({offset, bytes});
  imageSize = offset + bytes.size();
  return offset;
}

void WeightImage::write(raw_ostream &os) const {
  uint64_t position = 0;
  for (const Blob &blob : blobs) {
    os.write_zeros(blob.offset - position);
    os.write(blob.bytes.data(), blob.bytes.size());
    position = blob.offset + blob.bytes.size();
  }
}

namespace {
using ELFT = object::ELF64LE;

/// The string tables are small and fixed, so offsets into them are counted here
/// rather than computed.
constexpr char kSectionNames[] =
    "\0.tenon.weights\0.note.GNU-stack\0.symtab\0.strtab\0.shstrtab";
enum SectionName {
  NameWeights = 1,
  NameStack = 16,
  NameSymtab = 32,
  NameStrtab = 40,
  NameShstrtab = 48
};
enum SectionIndex {
  Null,
  Weights,
  Stack,
  Symtab,
  Strtab,
  Shstrtab,
  NumSections
};

Expected<uint16_t> getMachine(const Triple &triple) {
  if (triple.isOSBinFormatELF() && triple.getArch() == Triple::x86_64)
    return ELF::EM_X86_64;
  if (triple.isOSBinFormatELF() && triple.getArch() == Triple::aarch64)
    return ELF::EM_AARCH64;
  return createStringError(
      "expected an ELF target of x86_64 or aarch64 for the weights, got %s",
      triple.str().c_str());
}

ELFT::Ehdr makeHeader(uint16_t machine, uint64_t sectionTable) {
  ELFT::Ehdr header{};
  memcpy(header.e_ident, ELF::ElfMagic, 4);
  header.e_ident[ELF::EI_CLASS] = ELF::ELFCLASS64;
  header.e_ident[ELF::EI_DATA] = ELF::ELFDATA2LSB;
  header.e_ident[ELF::EI_VERSION] = ELF::EV_CURRENT;
  header.e_type = ELF::ET_REL;
  header.e_machine = machine;
  header.e_version = ELF::EV_CURRENT;
  header.e_shoff = sectionTable;
  header.e_ehsize = sizeof(ELFT::Ehdr);
  header.e_shentsize = sizeof(ELFT::Shdr);
  header.e_shnum = NumSections;
  header.e_shstrndx = Shstrtab;
  return header;
}

ELFT::Sym makeSymbol(uint64_t size) {
  ELFT::Sym symbol{};
  symbol.st_name = 1;
  symbol.setBindingAndType(ELF::STB_GLOBAL, ELF::STT_OBJECT);
  symbol.setVisibility(ELF::STV_HIDDEN);
  symbol.st_shndx = Weights;
  symbol.st_size = size;
  return symbol;
}

ELFT::Shdr makeSection(uint32_t name, uint32_t type, uint64_t offset,
                       uint64_t size, uint64_t alignment) {
  ELFT::Shdr section{};
  section.sh_name = name;
  section.sh_type = type;
  section.sh_offset = offset;
  section.sh_size = size;
  section.sh_addralign = alignment;
  return section;
}

template <typename T> void writeStruct(raw_ostream &os, const T &value) {
  os.write(reinterpret_cast<const char *>(&value), sizeof(T));
}
} // namespace

Error tenon::writeWeightObject(raw_ostream &os, const WeightImage &image,
                               StringRef symbol, const Triple &triple) {
  Expected<uint16_t> machine = getMachine(triple);
  if (!machine)
    return machine.takeError();

  // header, weights, symbols, strings, section names, section table
  uint64_t weights = alignTo(sizeof(ELFT::Ehdr), kWeightAlignment);
  uint64_t symbols = alignTo(weights + image.size(), 8);
  uint64_t strings = symbols + 2 * sizeof(ELFT::Sym);
  uint64_t sectionNames = strings + symbol.size() + 2;
  uint64_t sectionTable = alignTo(sectionNames + sizeof(kSectionNames), 8);

  writeStruct(os, makeHeader(*machine, sectionTable));
  os.write_zeros(weights - sizeof(ELFT::Ehdr));
  image.write(os);
  os.write_zeros(symbols - (weights + image.size()));
  writeStruct(os, ELFT::Sym{});
  writeStruct(os, makeSymbol(image.size()));
  os << '\0' << symbol << '\0';
  os.write(kSectionNames, sizeof(kSectionNames));
  os.write_zeros(sectionTable - (sectionNames + sizeof(kSectionNames)));

  ELFT::Shdr data = makeSection(NameWeights, ELF::SHT_PROGBITS, weights,
                                image.size(), kWeightAlignment);
  data.sh_flags = ELF::SHF_ALLOC;
  // Keeps gigabytes out of the reach of the 32-bit references between code and
  // its data: the linker puts large sections at the far end.
  if (*machine == ELF::EM_X86_64)
    data.sh_flags = data.sh_flags | ELF::SHF_X86_64_LARGE;
  ELFT::Shdr symtab = makeSection(NameSymtab, ELF::SHT_SYMTAB, symbols,
                                  2 * sizeof(ELFT::Sym), 8);
  symtab.sh_entsize = sizeof(ELFT::Sym);
  symtab.sh_link = Strtab;
  symtab.sh_info = 1;
  writeStruct(os, ELFT::Shdr{});
  writeStruct(os, data);
  writeStruct(os, makeSection(NameStack, ELF::SHT_PROGBITS, symbols, 0, 1));
  writeStruct(os, symtab);
  writeStruct(os, makeSection(NameStrtab, ELF::SHT_STRTAB, strings,
                              symbol.size() + 2, 1));
  writeStruct(os, makeSection(NameShstrtab, ELF::SHT_STRTAB, sectionNames,
                              sizeof(kSectionNames), 1));
  return Error::success();
}
