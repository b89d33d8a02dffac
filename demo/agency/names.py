# SPDX-License-Identifier: Apache-2.0
"""Made-up names as people of an archipelago bear them: single ones and long ones among them."""

import random

WOMEN = (
    "Sari Dewi Rina Wati Indah Putri Ratna Lestari Kartika Ayu Fitri Nurul Siti Yuni Endang Sri "
    "Maya Intan Melati Citra Anisa Rahma Halimah Khadijah Aminah Rosalina Theresia Magdalena Yohana "
    "Wulan Dian Eka Tri Novita Marlina Suharti Sumiati Painem Tuminah Kirana Laras Puspita Ningsih "
    "Rohani Zahra Laila Salsabila Nadia Hesti Retno Murni Desi Vina Yulia Ester Mariana"
).split()
MEN = (
    "Budi Agus Slamet Joko Bambang Eko Dwi Hendra Rizki Andi Ahmad Muhammad Yusuf Ibrahim Umar "
    "Hasan Rahmat Taufik Iwan Dedi Asep Ujang Cecep Wahyu Bagas Bayu Dimas Galih Surya Arif Fajar "
    "Gunawan Harto Paijo Sukirman Suparman Tono Yanto Markus Yohanes Petrus Stefanus Lukas Daniel "
    "Samuel Togar Binsar Ruslan Saiful Zainal Imam Rudi Teguh Prasetyo Nugroho Ridwan Irfan Hamzah"
).split()
SECOND = (
    "Wulandari Santoso Wijaya Kusuma Pratama Saputra Hidayat Nugraha Setiawan Purnomo Susanto "
    "Hartono Utomo Wibowo Suryadi Kurniawan Firmansyah Maulana Ramadhan Permata Anggraini Maharani "
    "Handayani Rahayu Astuti Kusumawati Safitri Oktaviani Puspitasari Sulistyowati Hasanah Fauziah "
    "Mulyani Sutrisno Budiman Halim Salim Basri Tanjung Rangkuti Darmawan Adinugroho Cahyono"
).split()
CLANS = (
    "Siregar Nasution Harahap Simanjuntak Situmorang Tambunan Sinaga Hutapea Panggabean Lubis "
    "Tobing Manurung Rumengan Lasut Mandagi Wenas Latuconsina Pattinasarany Matulessy Wanggai "
    "Yoku Kambu Daeng Caniago Koto Piliang Sikumbang Tuasikal Leimena Sahetapy"
).split()
BALINESE_ORDER = ("Wayan", "Putu", "Gede", "Made", "Kadek", "Nyoman", "Komang", "Ketut")
BALINESE = "Suardana Sudiarta Widiani Pradnyana Artini Mahendra Suryani Darmayasa Wirawan".split()
LONG = (
    "Kusumaningtyas Prameswari Suryaningrat Hadiningrat Tjokroaminoto Mangkunegara Sastrowardoyo "
    "Purbaningrum Cakraningrat Djojohadikusumo Kertanegara Wirabuana"
).split()


def make_name(*, rng: random.Random, sex: str) -> str:
    """One in twelve is a single name, one in fifty fills a form's line and more."""
    first = WOMEN if sex == "f" else MEN
    die = rng.random()
    if die < 0.085:
        return rng.choice(first)
    if die < 0.105:
        title = "Raden Ajeng" if sex == "f" else "Raden Mas"
        return " ".join([title, rng.choice(first), *rng.sample(LONG, 3)])
    if die < 0.165:
        particle = rng.choice(("Ni", "Ni Luh") if sex == "f" else ("I", "I Gusti"))
        return f"{particle} {rng.choice(BALINESE_ORDER)} {rng.choice(BALINESE)}"
    if die < 0.36:
        return f"{rng.choice(first)} {rng.choice(CLANS)}"
    if die < 0.55:
        return f"{rng.choice(first)} {rng.choice(first)} {rng.choice(SECOND)}"
    return f"{rng.choice(first)} {rng.choice(SECOND)}"
